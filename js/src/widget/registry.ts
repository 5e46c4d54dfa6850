/**
 * The meetings of this page. Every widget loads its own copy of this module, so the list is kept
 * where all copies find it: a cell that is run again takes over the meeting that it began.
 */
import type { Meeting } from "./meeting";

interface Entry {
  meeting: Meeting;
  /** The session that shows it; null while nobody does. */
  owner: object | null;
  /** Tells the one who showed it last that somebody else has it now. */
  taken: (() => void) | null;
}

interface Registry {
  entries: Map<string, Entry>;
  waiting: Set<() => void>;
}

const KEY = Symbol.for("nanomeet_widget.meetings.1");

function registry(): Registry {
  const shared = globalThis as { [KEY]?: Registry };
  shared[KEY] ??= { entries: new Map(), waiting: new Set() };
  return shared[KEY];
}

function announce(): void {
  for (const callback of [...registry().waiting]) callback();
}

/** Gives `owner` the meeting: a new one, or one that nobody shows. Null while another has it. */
export function claim(key: string, owner: object, create: () => Meeting): Meeting | null {
  const { entries } = registry();
  const entry = entries.get(key);
  if (entry?.meeting.alive) {
    if (entry.owner !== null && entry.owner !== owner) return null;
    if (entry.owner === null) entry.taken?.();
    entry.owner = owner;
    entry.taken = null;
    return entry.meeting;
  }
  const meeting = create();
  entries.set(key, { meeting, owner, taken: null });
  return meeting;
}

/** Lets others have the meeting from now on; `taken` is called when somebody does. */
export function disown(meeting: Meeting, owner: object, taken: () => void): void {
  const entry = registry().entries.get(meeting.key);
  if (entry?.meeting === meeting && entry.owner === owner) {
    entry.owner = null;
    entry.taken = taken;
    announce();
  }
}

/** Whether nobody took the meeting over since it was disowned. */
export function isOrphan(meeting: Meeting): boolean {
  const entry = registry().entries.get(meeting.key);
  return entry?.meeting === meeting && entry.owner === null;
}

/** Forgets a meeting that has ended. */
export function forget(meeting: Meeting): void {
  const { entries } = registry();
  if (entries.get(meeting.key)?.meeting === meeting) entries.delete(meeting.key);
  announce();
}

/** Calls back whenever a meeting was disowned or forgotten, until the returned function is called. */
export function onFreed(callback: () => void): () => void {
  const { waiting } = registry();
  waiting.add(callback);
  return () => waiting.delete(callback);
}

/** Takes a meeting back that was disowned; false if somebody else has it by now. */
export function reclaim(meeting: Meeting, owner: object): boolean {
  const entry = registry().entries.get(meeting.key);
  if (entry?.meeting !== meeting || (entry.owner !== null && entry.owner !== owner)) return false;
  entry.owner = owner;
  entry.taken = null;
  return true;
}
