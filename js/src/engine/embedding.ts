/** Whether a browser let the meeting page be shown in this one, and if not, whose rule forbade it. */

/** What of a report is read here: of `Cross-Origin-Embedder-Policy`, and of a Content Security Policy. */
interface Told {
  type: string;
  body: Partial<
    Record<"blockedURL" | "destination" | "documentURL" | "effectiveDirective", string>
  >;
}

/** A rule of this page, or of the meeting's server, kept the frame empty. */
export type Blocker = "coep" | "csp" | "header" | "mixed";

export const BLOCKED: Readonly<Record<Blocker, string>> = {
  coep: "this page's Cross-Origin-Embedder-Policy forbids to show it",
  csp: "a Content-Security-Policy forbids to show it in this page",
  header: "a header of its server, as X-Frame-Options, forbids to show it in a page",
  mixed: "this page came over https, and may not show one over http",
};

/** Tells when a rule blocks the frame of `url`, until `signal`. Browsers that do not report tell nothing. */
export function watchRules(url: URL, signal: AbortSignal, onBlocked: (by: Blocker) => void): void {
  if (!("ReportingObserver" in globalThis)) return;
  const observer = new ReportingObserver(
    (reports) => {
      // Chromium's bodies have some of it in their JSON alone.
      const rules = JSON.parse(JSON.stringify(reports)) as Told[];
      const rule = rules.map((told) => blockerIn(told, url)).find(Boolean);
      if (rule && !signal.aborted) onBlocked(rule);
    },
    { types: ["coep", "csp-violation"] },
  );
  observer.observe();
  signal.addEventListener("abort", () => observer.disconnect());
}

function blockerIn({ type, body }: Told, url: URL): Blocker | null {
  const { blockedURL = "", destination, documentURL = "", effectiveDirective } = body;
  if (type === "coep") {
    const framed = destination !== "" && blockedURL === url.href.replace(/#.*/, "");
    return framed ? "coep" : null;
  }
  // Its own rule is reported as the meeting page's.
  const by = { "frame-src": blockedURL, "frame-ancestors": documentURL }[effectiveDirective ?? ""];
  return by && URL.canParse(by) && new URL(by).origin === url.origin ? "csp" : null;
}

/** Whether a page over https asks for one over http, which browsers refuse but for this machine's own. */
export function isMixed({ protocol, hostname }: URL): boolean {
  const local = /^(localhost|127\..*|\[::1\])$/.test(hostname);
  return location.protocol === "https:" && protocol === "http:" && !local;
}
