/**
 * The meetings of this page. Every widget loads its own copy of this module, so the list is stored
 * where all copies find it: a cell that is run again takes over its meeting.
 */
import type { CellMeeting } from "./cell-meeting";

/** The widget that shows a meeting. */
export interface Owner {
  /** Another owner shows it now. */
  taken(): void;
}

interface Entry {
  meeting: CellMeeting;
  /** Null while no cell shows it. */
  owner: Owner | null;
  /** The last owner, while no cell shows it. */
  last: Owner | null;
}

interface Registry {
  entries: Map<string, Entry>;
  waiting: Set<() => void>;
}

const KEY = Symbol.for("nanomeet_widget.meetings.2");

function registry(): Registry {
  const shared = globalThis as { [KEY]?: Registry };
  shared[KEY] ??= { entries: new Map(), waiting: new Set() };
  return shared[KEY];
}

function announce(): void {
  for (const callback of [...registry().waiting]) callback();
}

/**
 * Gives `owner` the meeting: a new one, or one that no cell shows. Returns null while another owner
 * has it, unless the user asked for it here: then it is taken over.
 */
export function claim(
  key: string,
  owner: Owner,
  create: () => CellMeeting,
  asked = false,
): CellMeeting | null {
  const { entries } = registry();
  const entry = entries.get(key);
  if (entry?.meeting.alive) {
    if (entry.owner !== null && entry.owner !== owner && !asked) return null;
    const before = entry.owner ?? entry.last;
    entry.owner = owner;
    entry.last = null;
    if (before !== owner) before?.taken();
    return entry.meeting;
  }
  const meeting = create();
  entries.set(key, { meeting, owner, last: null });
  return meeting;
}

/** Releases the meeting, so that others can claim it. */
export function disown(meeting: CellMeeting, owner: Owner): void {
  const entry = registry().entries.get(meeting.key);
  if (entry?.meeting === meeting && entry.owner === owner) {
    entry.owner = null;
    entry.last = owner;
    announce();
  }
}

/** Whether no other owner has claimed the meeting since `owner` released it. */
export function isOrphan(meeting: CellMeeting, owner: Owner): boolean {
  const entry = registry().entries.get(meeting.key);
  return entry?.meeting === meeting && entry.last === owner;
}

/** Whether the meeting with this key is running, wherever it is shown. */
export function goesOn(key: string): boolean {
  return registry().entries.get(key)?.meeting.alive ?? false;
}

/** Forgets a meeting that has ended. */
export function forget(meeting: CellMeeting): void {
  const { entries } = registry();
  if (entries.get(meeting.key)?.meeting === meeting) entries.delete(meeting.key);
  announce();
}

/**
 * Calls back whenever a meeting is released or forgotten, until the returned function is called.
 */
export function onFreed(callback: () => void): () => void {
  const { waiting } = registry();
  waiting.add(callback);
  return () => waiting.delete(callback);
}

/** Reclaims a released meeting; false if another owner has it now. */
export function reclaim(meeting: CellMeeting, owner: Owner): boolean {
  const entry = registry().entries.get(meeting.key);
  if (entry?.meeting !== meeting || (entry.owner !== null && entry.owner !== owner)) return false;
  entry.owner = owner;
  entry.last = null;
  return true;
}
