/** Making an invite link: the token service is asked with this moderator's own token. */

import { claim } from "./claims";
import { t } from "./strings";

const TIMEOUT = 10_000;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

export interface InviteOptions {
  /** The server's base address, with a slash at its end. */
  base: string;
  token: string;
  moderator: boolean;
}

/** The link; rejects with an Error whose message can be shown. */
export async function createInvite({ base, token, moderator }: InviteOptions): Promise<string> {
  const origin = base.replace(/\/$/, "");
  let response: Response;
  try {
    response = await fetch(`${base}nanomeet`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-bintu-token": token },
      body: JSON.stringify({ moderator, server: origin }),
      signal: AbortSignal.timeout(TIMEOUT),
    });
  } catch {
    throw new Error(t.common.noAnswer);
  }
  const answer: unknown = await response.json().catch(() => null);
  const field = (name: string): unknown =>
    typeof answer === "object" && answer !== null ? Reflect.get(answer, name) : undefined;
  const [invite, message] = [field("data"), field("message")];
  if (!response.ok || typeof invite !== "string") {
    throw new Error(typeof message === "string" ? message : t.common.noInvite);
  }
  return `${publicAddress(invite) ?? origin}/invite#token=${encodeURIComponent(invite)}`;
}

/** How guests reach the server, which may not be how we do; a bare host means https. */
function publicAddress(token: string): string | null {
  const server = claim(token, "server");
  if (typeof server !== "string" || server === "") return null;
  const url = /^https?:\/\//.test(server) ? server : `https://${server}`;
  // Inside a Jupyter server it may know but this machine's own address: ours is no worse.
  if (!URL.canParse(url) || LOOPBACK.has(new URL(url).hostname)) return null;
  return url.replace(/\/+$/, "");
}
