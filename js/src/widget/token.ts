/** What the widget reads of a token, untrusted: to know which meeting it opens. */
import { baseUrl, meetingUrl } from "../engine/url";
import { handOver } from "../shared/handover";
import { CLOUD_SERVER } from "../webapi/addresses";
import { domainOf } from "../webapi/nanomeet";
import { readToken } from "../webapi/token";
import { roomLanguage } from "./strings";
import type { Theme } from "./theme";

export interface Entrance {
  /** Two tokens with one key open the same meeting in the same role. */
  key: string;
  /** From when on the token is valid, in milliseconds since 1970. */
  opens: number;
  /** The server whose clock counts. */
  server: string;
}

export function entranceOf(token: string): Entrance {
  const { server, sub, room, moderator, notbefore } = readToken(token);
  return {
    key: JSON.stringify([server, sub, room, moderator]),
    opens: (notbefore ?? 0) * 1000,
    server: baseUrl(server || CLOUD_SERVER).href,
  };
}

/**
 * Where the meeting is as a page of its own. The token is in the fragment, which no server sees.
 * The user was in the meeting already: it asks for nothing, unless that is wished, or the meeting's
 * server has another origin. Our own believes no address that wishes that, another Jitsi does.
 */
export function pageOf(
  token: string,
  theme: Theme,
  { prejoin = null, server }: { prejoin?: unknown; server?: string | null | undefined } = {},
): string {
  const read = readToken(token);
  const claims = { ...read, server: server ?? read.server };
  const configOverwrite = {
    theme,
    prejoinConfig: { enabled: prejoin === true },
  };
  const { defaultLanguage: lang } = roomLanguage();
  const settings = { roomName: claims.room, jwt: token, lang, configOverwrite };
  return handOver(meetingUrl(domainOf(claims, CLOUD_SERVER), null, settings)).href;
}
