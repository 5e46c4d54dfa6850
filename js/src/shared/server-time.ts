/** What time it is by a server's clock: the one by which its tokens begin and end. */

/** Milliseconds that a server may take to say it. */
const PATIENCE_MS = 3_000;

/**
 * Return how many milliseconds a server's clock is ahead of this page's; null if it does not say.
 * `base` is the server's address.
 */
export async function clockAhead(base: string): Promise<number | null> {
  const asked = Date.now();
  try {
    const answer = await fetch(`${base.replace(/\/+$/, "")}/healthz`, {
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    // Of whole seconds, and said somewhere between question and answer (RFC 9110, 6.6.1).
    const said = Date.parse(answer.headers.get("Date") ?? "");
    return Number.isNaN(said) ? null : said + 500 - (asked + Date.now()) / 2;
  } catch {
    return null;
  }
}
