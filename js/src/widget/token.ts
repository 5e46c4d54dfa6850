/** What the widget reads from a token, unverified, to know which meeting it opens. */
import { baseUrl, meetingUrl } from "../engine/url";
import { handOver } from "../shared/handover";
import { CLOUD_SERVER } from "../webapi/addresses";
import { domainOf } from "../webapi/nanomeet";
import { readToken } from "../webapi/token";
import { roomLanguage } from "./strings";
import type { Theme } from "./theme";

export interface TokenInfo {
  /** Two tokens with the same key open the same meeting in the same role. */
  key: string;
  /** The start of the token's validity, in milliseconds since 1970. */
  opens: number;
  /** The server whose clock is used to check validity. */
  server: string;
}

interface PageOptions {
  prejoin?: unknown;
  /** Settings for devices that are off at first. */
  devices?: Readonly<Record<string, boolean>>;
  server?: string | null | undefined;
}

export function tokenInfoOf(token: string): TokenInfo {
  const { server, sub, room, moderator, notbefore } = readToken(token);
  return {
    key: JSON.stringify([server, sub, room, moderator]),
    opens: (notbefore ?? 0) * 1000,
    server: baseUrl(server || CLOUD_SERVER).href,
  };
}

/**
 * The URL of the meeting as a page of its own. The token is in the fragment, which no server sees.
 * The user has already joined once, so the page should skip the pre-join screen, unless requested.
 * Only a meeting server of another origin gets that setting: our own page accepts it from no link,
 * but another Jitsi's does.
 */
export function pageOf(
  token: string,
  theme: Theme,
  { prejoin = null, devices = {}, server }: PageOptions = {},
): string {
  const read = readToken(token);
  const claims = { ...read, server: server ?? read.server };
  const configOverwrite = {
    theme,
    ...devices,
    prejoinConfig: { enabled: prejoin === true },
  };
  const { defaultLanguage: lang } = roomLanguage();
  const settings = { roomName: claims.room, jwt: token, lang, configOverwrite };
  return handOver(meetingUrl(domainOf(claims, CLOUD_SERVER), null, settings)).href;
}
