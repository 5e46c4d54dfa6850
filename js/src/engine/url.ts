/** The URL of the framed meeting page. */

import { EngineError } from "./errors";

type Settings = Readonly<Record<string, unknown>>;

export interface MeetingAddress {
  roomName?: string | undefined;
  jwt?: string | undefined;
  lang?: string | undefined;
  release?: string | undefined;
  configOverwrite?: Settings | undefined;
  interfaceConfigOverwrite?: Settings | undefined;
  devices?: Settings | undefined;
  userInfo?: Settings | undefined;
  iceServers?: Settings | undefined;
}

/** Return the base URL of an API domain: `host/path` means https, a URL stays as it is. */
export function baseUrl(domain: string): URL {
  const text = /^https?:\/\//i.test(domain) ? domain : `https://${domain}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url?.host || url.username || url.password || url.search || url.hash) {
    throw new EngineError(
      "argument",
      `${JSON.stringify(domain)} is no domain: write "host", "host:port/tenant" or "https://host/tenant"`,
    );
  }
  return url;
}

/**
 * Return the meeting page's URL; `id` is the frame's, null outside of a frame. The token is only in the fragment: browsers send that to no
 * server, so it reaches neither an access log nor a Referer.
 */
export function meetingUrl(domain: string, id: number | null, options: MeetingAddress): URL {
  const url = baseUrl(domain);
  const room = encodeURIComponent(options.roomName ?? "");
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${room}`;
  if (options.lang) url.searchParams.set("lang", options.lang);
  if (options.release) url.searchParams.set("release", options.release);
  const hash = new Map<string, unknown>();
  if (id !== null) hash.set("jitsi_meet_external_api_id", id);
  if (options.jwt) hash.set("jwt", options.jwt);
  const groups = {
    config: options.configOverwrite,
    interfaceConfig: options.interfaceConfigOverwrite,
    devices: options.devices,
    userInfo: options.userInfo,
    iceServers: options.iceServers,
  };
  for (const [group, settings] of Object.entries(groups)) {
    for (const [key, value] of Object.entries(settings ?? {})) {
      if (value !== undefined) hash.set(`${group}.${key}`, value);
    }
  }
  url.hash = fragment(hash);
  return url;
}

/** Encode `name=value` pairs for a meeting page: JSON values, percent-encoded. */
export function fragment(values: Iterable<[string, unknown]>): string {
  return [...values]
    .map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(JSON.stringify(value))}`,
    )
    .join("&");
}
