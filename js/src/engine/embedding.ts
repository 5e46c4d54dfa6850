/** Detects whether the browser blocked the meeting page's frame, and by which policy. */

/** What of a report is read here: of `Cross-Origin-Embedder-Policy`, and of a Content Security Policy. */
interface Told {
  type: string;
  body: Partial<
    Record<"blockedURL" | "destination" | "documentURL" | "effectiveDirective", string>
  >;
}

/** The policy of this page, or of the meeting's server, that blocked the frame. */
export type Blocker = "coep" | "csp" | "header" | "mixed";

export const BLOCKED: Readonly<Record<Blocker, string>> = {
  coep: "this page's Cross-Origin-Embedder-Policy forbids to show it",
  csp: "a Content-Security-Policy forbids to show it in this page",
  header: "a header of its server, as X-Frame-Options, forbids to show it in a page",
  mixed: "this page came over https, and may not show one over http",
};

/** Reports when a policy blocks the frame of `url`, until `signal` aborts. Not all browsers report it. */
export function watchRules(url: URL, signal: AbortSignal, onBlocked: (by: Blocker) => void): void {
  if (!("ReportingObserver" in globalThis)) return;
  const observer = new ReportingObserver(
    (reports) => {
      // Some fields of Chromium's report bodies are only in their JSON.
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
  // Its own policy is reported as the meeting page's.
  const by = { "frame-src": blockedURL, "frame-ancestors": documentURL }[effectiveDirective ?? ""];
  return by && URL.canParse(by) && new URL(by).origin === url.origin ? "csp" : null;
}

/** Whether it is mixed content: http in an https page, which browsers allow only for localhost. */
export function isMixed({ protocol, hostname }: URL): boolean {
  const local = /^(localhost|127\..*|\[::1\])$/.test(hostname);
  return location.protocol === "https:" && protocol === "http:" && !local;
}
