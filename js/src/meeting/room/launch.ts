/** What the address of the page says: which room, whose token, and how it shall look. */

import { nameOf } from "../../shared/text";
import { claim } from "./claims";

export type Settings = ReadonlyMap<string, unknown>;

export interface Launch {
  /** The server's base address, with a slash at its end. */
  base: string;
  /** The organisation; empty where the address names none: then the token's is meant. */
  sub: string;
  /** Empty where the address is no meeting's. */
  room: string;
  token: string | null;
  /** The number of the frame that an embedding page gave; null where no page embeds us. */
  apiId: number | null;
  displayName: string | null;
  /** The address of a picture of the person. */
  avatar: string | null;
  email: string | null;
  /** `config.*` of the fragment, without that prefix. */
  config: Settings;
  /** `interfaceConfig.*` of the fragment, without that prefix. */
  interfaceConfig: Settings;
}

/**
 * Reads a meeting's address. The token is taken from the fragment alone: a query string ends up in
 * the logs of servers, so a token in `?jwt=` is not used, though Jitsi's pages write it there too.
 */
export function parseLaunch(href: string, base: string): Launch {
  const url = new URL(href);
  const path = url.pathname.slice(new URL(base).pathname.length);
  const { sub, room } = placeOf(path.split("/").map(decode).filter(Boolean));
  const values = parseFragment(url.hash);
  const id = values.get("jitsi_meet_external_api_id");
  return {
    base,
    sub,
    room,
    token: text(values.get("jwt")),
    apiId: typeof id === "number" && Number.isSafeInteger(id) ? id : null,
    displayName: nameOf(text(values.get("userInfo.displayName")) ?? "") || null,
    avatar: text(values.get("userInfo.avatarURL")),
    email: text(values.get("userInfo.email")),
    config: below(values, "config."),
    interfaceConfig: below(values, "interfaceConfig."),
  };
}

/** What is wrong with a meeting's address: it names no room, or another one than the token opens. */
export type Misfit = "address_invalid" | "wrong_room";

/** Compare the address with the token, whose claims are read unverified: the server checks them. */
export function misfitOf({ sub, room }: Launch, token: string): Misfit | null {
  if (!room) return "address_invalid";
  const differs = (name: string, ...claimed: unknown[]): boolean => {
    const [one] = claimed.filter((value) => typeof value === "string");
    // As on other engines, capitals make no other room.
    return typeof one === "string" && one.toLowerCase() !== name.toLowerCase();
  };
  if (differs(room, claim(token, "room"))) return "wrong_room";
  return sub && differs(sub, claim(token, "tenant"), claim(token, "sub")) ? "wrong_room" : null;
}

/** The same address without the token: what may stand in the address bar. */
export function withoutToken(href: string): string {
  const url = new URL(href);
  url.searchParams.delete("jwt");
  const kept = url.hash
    .slice(1)
    .split("&")
    .filter((pair) => keyOf(pair) !== "jwt");
  url.hash = kept.join("&");
  return url.href;
}

/** The same meeting as a page of its own: with the token, but no page around that drives it. */
export function tabAddress(href: string): string {
  const url = new URL(href);
  const kept = url.hash
    .slice(1)
    .split("&")
    .filter((pair) => keyOf(pair) !== "jitsi_meet_external_api_id");
  url.hash = kept.join("&");
  return url.href;
}

/** The fragment's values: JSON, percent-encoded. What is not JSON is left out, but for the token. */
export function parseFragment(hash: string): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const pair of hash.replace(/^#/, "").split("&")) {
    const split = pair.indexOf("=");
    if (split < 1) continue;
    const key = keyOf(pair);
    const raw = decode(pair.slice(split + 1));
    try {
      values.set(key, JSON.parse(raw));
    } catch {
      if (key === "jwt") values.set(key, raw);
    }
  }
  return values;
}

export function flag(settings: Settings, key: string): boolean {
  return settings.get(key) === true;
}

/** Whether name and devices are chosen before joining: where no page embeds this one, or as the embedding page wishes. */
export function wantsPrejoin(settings: Settings, framed: boolean): boolean {
  const nested = settings.get("prejoinConfig");
  const wishes = [
    settings.get("prejoinConfig.enabled"),
    typeof nested === "object" && nested !== null ? Reflect.get(nested, "enabled") : undefined,
    settings.get("prejoinPageEnabled"),
  ];
  const wish = wishes.find((value) => typeof value === "boolean");
  return typeof wish === "boolean" ? wish : !framed;
}

/** A room, behind its organisation or alone; pages that name the organisation twice mean it once. */
function placeOf(parts: readonly string[]): Pick<Launch, "sub" | "room"> {
  const [first, ...rest] = parts;
  const [sub = "", room = "", more] = parts.length === 3 && first === rest[0] ? rest : parts;
  if (more !== undefined) return { sub: "", room: "" };
  return room ? { sub, room } : { sub: "", room: sub };
}

function keyOf(pair: string): string {
  return decode(pair.split("=", 1)[0] ?? "");
}

function below(values: ReadonlyMap<string, unknown>, prefix: string): Settings {
  const found = [...values].filter(([key]) => key.startsWith(prefix));
  return new Map(found.map(([key, value]) => [key.slice(prefix.length), value]));
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
