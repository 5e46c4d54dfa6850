/**
 * Settings that one of our own pages hands to a tab which it opens. They wait in the storage of their
 * origin, where other sites write nothing, and the tab's address has only their random name: a link that
 * a stranger made brings no settings.
 */

import { randomName } from "./random";

const KEY = "nanomeet.handover";
/** The name's place in the fragment. */
const NAME = "handover";
/** How long they wait, in milliseconds: a tab opens at once. */
const WAIT = 60_000;

interface Handover {
  name: string;
  until: number;
  /** As in a fragment. */
  settings: string;
}

/** Moves a meeting's settings, but not its token, out of its address, if that is of this page's origin. */
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
    // The browser keeps nothing here: then the tab opens as by any link.
  }
  url.hash = [...pairs.filter(isToken), `${NAME}=${name}`].join("&");
  return url;
}

/** Takes the settings that a fragment names, once; null where none wait. */
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
