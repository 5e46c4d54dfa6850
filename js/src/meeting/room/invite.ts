/** Builds the link for an invite token. */

import { isLoopback } from "../../shared/loopback";
import { claim } from "./claims";

/** `server`: the URL at which this page reaches the server, without a trailing slash. */
export function inviteLink(token: string, server: string): string {
  return `${publicAddress(token) ?? server}/invite#token=${encodeURIComponent(token)}`;
}

/**
 * The URL at which guests reach the server, which may differ from ours; a bare host means https.
 */
function publicAddress(token: string): string | null {
  const server = claim(token, "server");
  if (typeof server !== "string" || server === "") return null;
  const url = /^https?:\/\//.test(server) ? server : `https://${server}`;
  // Inside a Jupyter server, the token may name only a loopback address: ours is at least as good.
  if (!URL.canParse(url) || isLoopback(new URL(url).hostname)) return null;
  return url.replace(/\/+$/, "");
}
