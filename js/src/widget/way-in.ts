/** What a token leads to on this page, at this moment. */
import { failureOf } from "./command-queue";
import type { Failure } from "./kernel-channel";
import { type Entrance, entranceOf } from "./token";

export interface Circumstances {
  /** Why pages like this one do not reach the server, if the kernel says so. */
  obstacle: Failure | null;
  /** Whether the host gives notebooks a camera. */
  camera: boolean;
  /** Milliseconds that the server's clock is ahead of this one; null where it was not asked yet. */
  ahead: number | null;
  /** Whether the meeting of this key may be joined now, though its place may be out of sight. */
  joins(key: string): boolean;
}

export type WayIn =
  | { to: "failed"; failure: Failure }
  | { to: "browser" }
  /** The server has to say what time it is: this machine's clock may be wrong. */
  | { to: "time"; server: string }
  /** `opens`: milliseconds since 1970, by this machine's clock. */
  | { to: "early"; opens: number }
  | { to: "unseen" }
  | { to: "meeting"; key: string };

export function wayIn(token: string, { obstacle, camera, ahead, joins }: Circumstances): WayIn {
  let entrance: Entrance;
  try {
    entrance = entranceOf(token);
  } catch (error) {
    return { to: "failed", failure: failureOf(error) };
  }
  const { key, opens, server } = entrance;
  if (obstacle) return { to: "failed", failure: obstacle };
  if (!camera) return { to: "browser" };
  if (opens > Date.now() + (ahead ?? 0)) {
    return ahead === null ? { to: "time", server } : { to: "early", opens: opens - ahead };
  }
  return joins(key) ? { to: "meeting", key } : { to: "unseen" };
}
