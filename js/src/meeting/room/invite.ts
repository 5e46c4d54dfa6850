/** The link that an invite's token makes. */

import { isLoopback } from "../../shared/loopback";
import { claim } from "./claims";

/** `server` is the address by which this page reaches the server, without a slash at its end. */
export function inviteLink(token: string, server: string): string {
  return `${publicAddress(token) ?? server}/invite#token=${encodeURIComponent(token)}`;
}

/** How guests reach the server, which may not be how we do; a bare host means https. */
function publicAddress(token: string): string | null {
  const server = claim(token, "server");
  if (typeof server !== "string" || server === "") return null;
  const url = /^https?:\/\//.test(server) ? server : `https://${server}`;
  // Inside a Jupyter server it may know but this machine's own address: ours is no worse.
  if (!URL.canParse(url) || isLoopback(new URL(url).hostname)) return null;
  return url.replace(/\/+$/, "");
}
