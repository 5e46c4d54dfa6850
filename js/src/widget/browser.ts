/** Identifies this browser to the kernel, also after a reload. */

const NAME = "nanomeet-browser";
const KEY = Symbol.for("nanomeet_widget.browser");

export function browserId(): string {
  const shared = globalThis as { [KEY]?: string };
  // Random, but no UUID: pages over plain HTTP have no randomUUID().
  shared[KEY] ??= crypto.getRandomValues(new Uint32Array(4)).join("-");
  // Storage throws where the browser blocks it for a framed notebook: a reload then counts as
  // another browser.
  try {
    const kept = localStorage.getItem(NAME);
    if (kept) return kept;
    localStorage.setItem(NAME, shared[KEY]);
  } catch {
    // As above.
  }
  return shared[KEY];
}
