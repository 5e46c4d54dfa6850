/** What an invite link opens, at a given time. */

import { fragment } from "../engine/url";
import { type Claims, readToken } from "../webapi/token";
import { t } from "./strings";

export type Invitation =
  | { state: "missing" | "malformed" | "used" }
  | { state: "open"; token: string; claims: Claims }
  | { state: "early" | "expired"; token: string; claims: Claims };

/** Returns the token in a URL's fragment, or null. */
export function tokenIn(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token");
}

/** Returns the browser ticket in a URL's fragment, or null. */
export function browserTicketIn(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, "")).get("ticket");
}

/** Returns the token of a browser ticket; null if the ticket has been used or has expired. */
export async function redeem(ticket: string, base: string): Promise<string | null> {
  try {
    const body = JSON.stringify({ ticket });
    const answer = await fetch(new URL("ticket", base), { method: "POST", body });
    const { data } = (await answer.json()) as { data?: unknown };
    return answer.ok && typeof data === "string" ? data : null;
  } catch {
    return null;
  }
}

/**
 * Returns what a token opens now; `now` is the server's time in milliseconds since 1970, or null if
 * unknown. The server decides when the token is used.
 */
export function invitation(token: string | null, now: number | null): Invitation {
  if (!token) return { state: "missing" };
  let claims: Claims;
  try {
    claims = readToken(token);
  } catch {
    return { state: "malformed" };
  }
  // They become parts of a URL.
  if (!/^[\w-]+$/.test(claims.sub) || !/^\w+$/.test(claims.room)) return { state: "malformed" };
  const { notbefore, expiration } = claims;
  if (now !== null && expiration !== null && now >= expiration * 1000) {
    return { state: "expired", token, claims };
  }
  if (now !== null && notbefore !== null && now < notbefore * 1000) {
    return { state: "early", token, claims };
  }
  return { state: "open", token, claims };
}

/** Returns the meeting's URL, with the token in the fragment, which no server sees. */
export function meetingAddress(token: string, claims: Claims, base: string): string {
  const url = new URL(`${claims.sub}/${claims.room}`, base);
  url.hash = fragment([["jwt", token]]);
  return url.href;
}

/**
 * Formats milliseconds as "1 d 2 h 3 min 4 s", starting at the first nonzero unit, in the page's
 * language.
 */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), t.units.day],
    [Math.floor(seconds / 3600) % 24, t.units.hour],
    [Math.floor(seconds / 60) % 60, t.units.minute],
    [seconds % 60, t.units.second],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return (first < 0 ? parts.slice(-1) : parts.slice(first))
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ");
}
