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
  /** Whether a page shows this one in a frame. */
  framed: boolean;
  /** Whether the person reloaded the page, and no link led to it. */
  reloaded: boolean;
  /** The number of the frame that an embedding page gave; null where no page embeds us. */
  apiId: number | null;
  displayName: string | null;
  /** The address of a picture of the person. */
  avatar: string | null;
  email: string | null;
  /** `config.*` without that prefix. */
  config: Settings;
  /** `interfaceConfig.*` without that prefix. */
  interfaceConfig: Settings;
}

/** How the page came to be opened, beside its address. */
export interface Opening {
  framed: boolean;
  reloaded: boolean;
  /** The settings that another page of ours handed over, as in a fragment. */
  handedOver: string | null;
}

/** Whether one is asked before joining, in all spellings. */
const PREJOIN = [
  "config.prejoinConfig",
  "config.prejoinConfig.enabled",
  "config.prejoinPageEnabled",
] as const;

/** What any link may ask for: each makes a person share less, or later. */
const CAUTION: readonly string[] = [
  "config.prejoinConfig.enabled",
  "config.prejoinPageEnabled",
  "config.startWithAudioMuted",
  "config.startWithVideoMuted",
  "config.forceTurnRelay",
];

/**
 * Reads a meeting's address. A page that frames this one gives its settings by the fragment. In a tab,
 * anyone may have written the link: its fragment only adds caution, and all else is what a page of ours
 * handed over.
 *
 * The token is taken from the fragment alone: a query string ends up in the logs of servers, so a token
 * in `?jwt=` is not used, though Jitsi's pages write it there too.
 */
export function parseLaunch(
  href: string,
  base: string,
  { framed, reloaded, handedOver }: Opening,
): Launch {
  const url = new URL(href);
  const path = url.pathname.slice(new URL(base).pathname.length);
  const { sub, room } = placeOf(path.split("/").map(decode).filter(Boolean));
  const link = parseFragment(url.hash);
  const caution = [...link].filter(([key, value]) => CAUTION.includes(key) && value === true);
  const values = framed ? link : new Map([...parseFragment(handedOver ?? ""), ...caution]);
  const id = values.get("jitsi_meet_external_api_id");
  return {
    base,
    sub,
    room,
    token: text(link.get("jwt")),
    framed,
    reloaded,
    apiId: framed && typeof id === "number" && Number.isSafeInteger(id) ? id : null,
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

/** The same address without the token and the name of a handover: what may stand in the address bar. */
export function withoutToken(href: string): string {
  const url = new URL(href);
  url.searchParams.delete("jwt");
  return without(url, ["jwt", "handover"]).href;
}

/**
 * The same meeting for a page of its own: with the token, but no page around that drives it.
 *
 * Parameter `asked`: whether the person shall be asked before joining, whatever the page around wished.
 */
export function tabAddress(href: string, asked: boolean): URL {
  return without(new URL(href), ["jitsi_meet_external_api_id", ...(asked ? PREJOIN : [])]);
}

/** Settings, as in a fragment, for a reload of the same tab: but for those that would skip the prejoin page. */
export function lasting(settings: string): string {
  return without(new URL(`about:blank#${settings}`), PREJOIN).hash.slice(1);
}

function without(url: URL, keys: readonly string[]): URL {
  const kept = url.hash
    .slice(1)
    .split("&")
    .filter((pair) => !keys.includes(keyOf(pair)));
  url.hash = kept.join("&");
  return url;
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
