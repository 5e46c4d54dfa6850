/** What an invite link is good for at a moment. */

import { fragment } from "../engine/url";
import { type Claims, readToken } from "../webapi/token";
import { t } from "./strings";

export type Invitation =
  | { state: "missing" | "malformed" | "used" }
  | { state: "open"; token: string; claims: Claims }
  | { state: "early" | "expired"; token: string; claims: Claims };

/** Return the token of an address' fragment; null if it has none. */
export function tokenIn(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token");
}

/** Return the browser ticket of an address' fragment; null if it has none. */
export function browserTicketIn(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, "")).get("ticket");
}

/** Return the token of a browser ticket; null if that was used already or has expired. */
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
 * Return what a token opens now: `now` is the server's time, in ms since 1970, or null where it is not
 * known. The server has the last word when it is used.
 */
export function invitation(token: string | null, now: number | null): Invitation {
  if (!token) return { state: "missing" };
  let claims: Claims;
  try {
    claims = readToken(token);
  } catch {
    return { state: "malformed" };
  }
  // They become parts of an address.
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

/** Return the address of the meeting, with the token where no server sees it. */
export function meetingAddress(token: string, claims: Claims, base: string): string {
  const url = new URL(`${claims.sub}/${claims.room}`, base);
  url.hash = fragment([["jwt", token]]);
  return url.href;
}

/** Return a number of milliseconds as "1 d 2 h 3 min 4 s", from its first unit on, in the page's language. */
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
