/**
 * Settings that one of our own pages passes to a tab that it opens. They wait in the storage of
 * their origin, where other sites cannot write, and the tab's URL contains only their random name:
 * a stranger's link brings no settings.
 */

import { randomName } from "./random";

const KEY = "nanomeet.handover";
/** The name's key in the fragment. */
const NAME = "handover";
/** How long they are kept, in milliseconds: a tab opens at once. */
const WAIT = 60_000;

interface Handover {
  name: string;
  until: number;
  /** In the format of a fragment. */
  settings: string;
}

/**
 * Moves a meeting's settings, but not its token, out of its URL, if that is of this page's origin.
 */
export function handOver(url: URL): URL {
  if (url.origin !== location.origin) return url;
  const pairs = url.hash.slice(1).split("&");
  const isToken = (pair: string): boolean => pair.startsWith("jwt=");
  const name = randomName();
  const settings = pairs.filter((pair) => !isToken(pair)).join("&");
  try {
    const handover: Handover = { name, until: Date.now() + WAIT, settings };
    localStorage.setItem(KEY, JSON.stringify(handover));
  } catch {
    // The browser stores nothing here: the tab then opens as from any link.
  }
  url.hash = [...pairs.filter(isToken), `${NAME}=${name}`].join("&");
  return url;
}

/** Takes the settings that a fragment names, once; null if there are none. */
export function takeHandover(hash: string): string | null {
  const name = new URLSearchParams(hash.slice(1)).get(NAME);
  if (name === null) return null;
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Handover>;
    if (kept.name !== name) return null;
    localStorage.removeItem(KEY);
    return (kept.until ?? 0) > Date.now() ? (kept.settings ?? null) : null;
  } catch {
    return null;
  }
}
