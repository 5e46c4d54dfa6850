/** A token's claims, unverified: only the issuing server can verify them. */

import { isFields } from "../shared/postis";
import { NanoMeetError } from "./errors";

export interface Claims {
  room: string;
  streamname: string;
  sub: string;
  /** The path before the room in the meeting's URL; null if it is `sub`, empty for none. */
  tenant: string | null;
  /** Host, host:port/prefix or URL; empty if the token does not say. */
  server: string;
  moderator: boolean;
  /** The validity period in seconds since 1970; null if the token does not say. */
  notbefore: number | null;
  expiration: number | null;
}

/** A nanoMeet token is never shorter (a rule of the vendor's library). */
const MIN_LENGTH = 200;
/** The tolerated difference of two clocks, in seconds. */
const LEEWAY = 5;
/** Our own server accepts a token this many seconds early, in case its issuer's clock is ahead. */
const EARLY = 59;

/** Returns a token's claims. Throws a NanoMeetError if it is not a nanoMeet token. */
export function readToken(token: unknown): Claims {
  const payload = decode(token);
  const text = (name: string): string => {
    const value = payload[name];
    return typeof value === "string" ? value : "";
  };
  for (const name of ["room", "streamname"]) {
    if (!text(name)) throw lacking("Missing Property Error", name);
  }
  if (!text("sub")) throw lacking("Missing Group Error", "sub");
  return {
    room: text("room"),
    streamname: text("streamname"),
    sub: text("sub"),
    tenant: typeof payload.tenant === "string" ? payload.tenant : null,
    server: text("server"),
    // Only the boolean true makes a moderator, not the text "false".
    moderator: payload.moderator === true,
    notbefore: time(payload, "nbf"),
    expiration: time(payload, "exp"),
  };
}

/** Returns a token's decoded payload. Throws a NanoMeetError if it is malformed. */
export function readWholeToken(token: unknown): Claims {
  if (typeof token !== "string" || token.length < MIN_LENGTH) {
    throw malformed("no token, or only a part of one: copy the whole text");
  }
  return readToken(token);
}

/** Throws if a token is not valid at `now`, in milliseconds by its server's clock. */
export function checkTimes(claims: Claims, now: number): void {
  const when = (seconds: number): string => new Date(seconds * 1000).toISOString();
  if (claims.notbefore !== null && now < (claims.notbefore - EARLY) * 1000) {
    throw new NanoMeetError(
      "Invalid Token Error",
      `this token is not valid yet: it is from ${when(claims.notbefore)} on`,
      "token_not_yet_valid",
    );
  }
  if (claims.expiration !== null && now >= (claims.expiration + LEEWAY) * 1000) {
    throw new NanoMeetError(
      "Invalid Token Error",
      `this token expired at ${when(claims.expiration)}: ask the moderator for a new invite`,
      "token_expired",
    );
  }
}

function decode(token: unknown): Record<string, unknown> {
  const parts = typeof token === "string" ? token.split(".") : [];
  if (parts.length !== 3)
    throw malformed("this is not a token: it has three parts, joined by dots");
  try {
    const base64 = (parts[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const payload: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (isFields(payload)) return payload;
  } catch {
    // Reported below: invalid base64, UTF-8 and JSON all give the same error.
  }
  throw malformed("this is not a token, or a part of it was changed: copy it again");
}

function time(payload: Record<string, unknown>, name: string): number | null {
  const value = payload[name];
  if (value === undefined || value === null) return null;
  // The last time that a Date can represent (ECMA-262, 21.4.1.1).
  if (typeof value === "number" && Math.abs(value) <= 8.64e12) return value;
  throw malformed(`the token's ${name} is not a time`);
}

function malformed(message: string): NanoMeetError {
  return new NanoMeetError("Token Error", message, "token_malformed");
}

function lacking(error: string, name: string): NanoMeetError {
  return new NanoMeetError(error, `the token has no ${name}: it opens no room`, "token_malformed");
}
