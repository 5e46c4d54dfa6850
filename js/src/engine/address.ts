/** Parses the constructor's arguments, in all historical forms, into one. */

import type { EngineOptions } from "./core";
import { EngineError } from "./errors";
import { baseUrl } from "./url";

export interface ClientOptions extends EngineOptions {
  /** Called when the meeting page has started, not when its document loads. */
  onload?: (() => void) | null | undefined;
  /** Who is invited as soon as the meeting starts. */
  invitees?: readonly unknown[] | null | undefined;
  /** Whether to load the meeting page over plain http. */
  noSSL?: boolean | null | undefined;
}

/** A meeting's address, or why it is invalid. */
export type Address = [domain: string, options: EngineOptions];

/** Settings after the "#" of a room's name, as in a meeting's URL. */
const GROUPS = {
  config: "configOverwrite",
  interfaceConfig: "interfaceConfigOverwrite",
  userInfo: "userInfo",
} as const;

/**
 * Return the options that follow the domain: an object, or positional arguments, as up to
 * 2021. Later versions removed `noSSL` from their middle.
 */
export function readOptions(args: readonly unknown[]): ClientOptions {
  const [first] = args;
  if (typeof first === "object" && first !== null) return first;
  const [roomName, width, height, parentNode, configOverwrite, interfaceConfigOverwrite] = args;
  const rest = args.slice(6);
  const withoutScheme = typeof rest[0] === "string" || typeof rest[1] === "function";
  const [noSSL, jwt, onload, lang] = withoutScheme ? [false, ...rest] : rest;
  const settings = { configOverwrite, interfaceConfigOverwrite, noSSL, jwt, onload, lang };
  return { roomName, width, height, parentNode, ...settings } as ClientOptions;
}

/** Return a meeting's address from any spelling; for an invalid one, the options say why. */
export function readAddress(domain: unknown, options: ClientOptions): Address {
  try {
    return spelt(domain, options);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return ["", { ...options, jwt: undefined, trouble: error.message }];
  }
}

function spelt(domain: unknown, options: ClientOptions): Address {
  const host = text(domain).replace(/^\/\//, "");
  const schemed = options.noSSL === true && !/^https?:\/\//i.test(host) ? `http://${host}` : host;
  const base = baseUrl(schemed);
  const { path, query, settings } = takeApart(text(options.roomName));
  const room = path.pop() ?? "";
  const tenant = path.map((part) => `/${encodeURIComponent(part)}`).join("");
  const { lang, release } = options;
  return [
    `${base.href.replace(/\/+$/, "")}${tenant}`,
    {
      ...merged(options, settings),
      roomName: room,
      // Pages also put the token after the room's name: pass it on only in the fragment.
      jwt: text(options.jwt) || query.get("jwt") || undefined,
      lang: lang ?? query.get("lang") ?? undefined,
      release: release ?? query.get("release") ?? undefined,
    },
  ];
}

/** Split a room's name into tenant, room, and what follows them in a full URL. */
function takeApart(name: string): {
  path: string[];
  query: URLSearchParams;
  settings: URLSearchParams;
} {
  if (/^https?:\/\//i.test(name)) {
    throw new EngineError(
      "argument",
      `roomName is ${JSON.stringify(name.split(/[?#]/, 1)[0])}: pass the server as the domain, and the room's name alone`,
    );
  }
  const [before = "", ...behind] = name.split("#");
  const [path = "", ...query] = before.split("?");
  const parts = path.split("/").map(decoded).filter(Boolean);
  if (parts.some((part) => /^\.+$/.test(part))) {
    throw new EngineError("argument", `${JSON.stringify(path)} is no room's name`);
  }
  return {
    path: parts,
    query: new URLSearchParams(query.join("?")),
    settings: new URLSearchParams(behind.join("#")),
  };
}

function merged(options: ClientOptions, settings: URLSearchParams): ClientOptions {
  const result: Record<string, unknown> = { ...options };
  for (const [key, value] of settings) {
    const [, group = "", name = ""] = /^(\w+)\.(.+)$/.exec(key) ?? [];
    if (!Object.hasOwn(GROUPS, group)) continue;
    const option = GROUPS[group as keyof typeof GROUPS];
    result[option] = { [name]: parsed(value), ...Object(result[option]) };
  }
  return result;
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Names may be percent-encoded or not. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part).trim();
  } catch {
    return part.trim();
  }
}

function text(value: unknown): string {
  return value === undefined || value === null ? "" : String(value).trim();
}
