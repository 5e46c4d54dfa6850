/** The time by a server's clock, which decides the validity of its tokens. */

/** The server's timeout in milliseconds. */
const TIMEOUT_MS = 3_000;

/**
 * Returns how many milliseconds a server's clock is ahead of this page's; null if unknown. `base`
 * is the server's URL.
 */
export async function clockAhead(base: string): Promise<number | null> {
  const asked = Date.now();
  try {
    const answer = await fetch(`${base.replace(/\/+$/, "")}/healthz`, {
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    // In whole seconds, from some moment between request and response (RFC 9110, 6.6.1).
    const said = Date.parse(answer.headers.get("Date") ?? "");
    return Number.isNaN(said) ? null : said + 500 - (asked + Date.now()) / 2;
  } catch {
    return null;
  }
}
