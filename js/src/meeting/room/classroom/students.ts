/** The people of a class: those with personal links, and everyone else who is here, each once. */

import type { Group, Participant, Rostered } from "../../../shared/protocol";
import type { RoomStore } from "../room";

export interface Student {
  /** The same as long as it is the same person. */
  key: string;
  name: string;
  /** As which participants they are here: none if they are absent. */
  here: readonly string[];
  moderator: boolean;
  /** Whether they have a personal link. */
  rostered: boolean;
}

/** Also those who are in a group's room, and not in this one. */
export function classOf(
  roster: readonly Rostered[],
  everybody: readonly Participant[],
  groups: readonly Group[],
): Student[] {
  const linked = roster.map(
    ({ id, name, here, moderator }): Student => ({
      ...{ key: `roster ${id}`, name, here, moderator, rostered: true },
    }),
  );
  const known = new Set(linked.flatMap(({ here }) => here));
  const others: Student[] = [];
  const add = (id: string, name: string, moderator: boolean): void => {
    if (known.has(id)) return;
    known.add(id);
    others.push({ key: id, name, here: [id], moderator, rostered: false });
  };
  for (const { id, name, moderator } of everybody) add(id, name, moderator);
  for (const { id, name } of groups.flatMap(({ people }) => people)) add(id, name, false);
  // They keep their order on the way into a group.
  others.sort((one, other) => one.name.localeCompare(other.name));
  return [...linked, ...others];
}

/** Whether this page has the class panel: a moderator's does, in the main room. */
export function offersClass({ moderator, groups }: RoomStore): boolean {
  return moderator.value && groups.here.value === null;
}

/** Whether a person is one of these participants. */
export function among({ here }: Student, ids: readonly string[]): boolean {
  return here.some((id) => ids.includes(id));
}
