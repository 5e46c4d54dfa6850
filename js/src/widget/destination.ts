/** What a token leads to on this page, now. */
import { failureOf } from "./command-queue";
import type { Failure } from "./kernel-channel";
import { type TokenInfo, tokenInfoOf } from "./token";

export interface Circumstances {
  /** The kernel's explanation why pages like this one cannot reach the server. */
  obstacle: Failure | null;
  /** Whether the host gives notebooks camera access. */
  camera: boolean;
  /** Milliseconds by which the server's clock is ahead; null if unknown. */
  ahead: number | null;
  /** Whether the meeting with this key may be joined now, even if its place is hidden. */
  joins(key: string): boolean;
}

export type Destination =
  | { to: "failed"; failure: Failure }
  | { to: "browser" }
  /** Ask the server for the time: this machine's clock may be wrong. */
  | { to: "time"; server: string }
  /** `opens`: milliseconds since 1970, by this machine's clock. */
  | { to: "early"; opens: number }
  | { to: "unseen" }
  | { to: "meeting"; key: string };

export function destinationOf(
  token: string,
  { obstacle, camera, ahead, joins }: Circumstances,
): Destination {
  let info: TokenInfo;
  try {
    info = tokenInfoOf(token);
  } catch (error) {
    return { to: "failed", failure: failureOf(error) };
  }
  const { key, opens, server } = info;
  // The app may forward the link to a machine that this page cannot reach.
  if (!camera) return { to: "browser" };
  if (obstacle) return { to: "failed", failure: obstacle };
  if (opens > Date.now() + (ahead ?? 0)) {
    return ahead === null ? { to: "time", server } : { to: "early", opens: opens - ahead };
  }
  return joins(key) ? { to: "meeting", key } : { to: "unseen" };
}
