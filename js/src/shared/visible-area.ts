/**
 * The part of the page that nothing of the system covers. An on-screen keyboard covers the bottom of a page
 * without changing its size, in browsers that do not know `interactive-widget`: as CSS lengths for the page's
 * style, `--visible-height` and `--visible-top`.
 */

/** Less is a toolbar of the browser, or rounding. */
const KEYBOARD = 80;

export function followVisibleArea(root: HTMLElement, owner: AbortSignal): void {
  const area = window.visualViewport;
  if (!area) return;
  const update = (): void => {
    // A page that is pinched larger shows a part of itself, too: it keeps its size.
    const covered = area.scale < 1.01 && window.innerHeight - area.height > KEYBOARD;
    set("--visible-height", covered ? `${area.height}px` : null);
    set("--visible-top", covered ? `${area.offsetTop}px` : null);
  };
  const set = (name: string, value: string | null): void => {
    if (value === null) root.style.removeProperty(name);
    else root.style.setProperty(name, value);
  };
  area.addEventListener("resize", update, { signal: owner });
  area.addEventListener("scroll", update, { signal: owner });
  update();
}
