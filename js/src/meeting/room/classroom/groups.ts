/** The groups of the meeting: who belongs where, and in which of their rooms this page is. */

import { computed, signal } from "@preact/signals";
import type { Group, GroupNote, ServerMessage } from "../../../shared/protocol";
import { GroupsPlan } from "./plan";

/** A room of the meeting: a group's, or the main room, whose group is null. */
export interface Destination {
  group: string | null;
  name: string;
}

/** Seconds before the end at which everyone is warned. */
export const WARNINGS = [60, 10] as const;

export class GroupsStore {
  readonly groups = signal<readonly Group[]>([]);
  /** When everyone comes back by themselves, in seconds since the epoch. */
  readonly endsByServer = signal<number | null>(null);
  /** The same by this page's clock. */
  readonly ends = computed(() => {
    const { value } = this.endsByServer;
    return value === null ? null : value - this.#ahead;
  });
  #ahead = 0;
  /** The group whose room this is; null in the main room. */
  readonly here = signal<string | null>(null);
  /** The group to which oneself belongs. */
  readonly own = signal<string | null>(null);
  /** Where the page is going, until it has arrived. */
  readonly moving = signal<Destination | null>(null);
  /** What a moderator told all groups last. */
  readonly note = signal<GroupNote | null>(null);
  /** What a moderator prepares before the groups are open. */
  readonly plan = new GroupsPlan();
  /** Whether there are any. */
  readonly open = computed(() => this.groups.value.length > 0);
  /** Whether the group whose room this is, if any, is among those that are known: their list comes after the welcome. */
  readonly listed = computed(() => {
    const { value } = this.here;
    return value === null || this.nameOf(value) !== null;
  });
  /** The name of the group's room as it was when the page went there. */
  readonly #room = signal<string | null>(null);
  /** The name of the group whose room this is. */
  readonly name = computed(() => this.nameOf(this.here.value) ?? this.#room.value);

  /** `ahead`: seconds by which the server's clock is ahead of this page's. */
  apply(message: ServerMessage, ahead: number): void {
    switch (message.type) {
      case "groups_changed":
        this.#ahead = ahead;
        this.groups.value = message.groups;
        this.endsByServer.value = message.ends;
        this.here.value = message.here;
        this.own.value = message.own;
        break;
      case "group_note":
        this.note.value = message;
        break;
    }
  }

  nameOf(group: string | null): string | null {
    return this.groups.value.find(({ id }) => id === group)?.name ?? null;
  }

  /** The page has left its room for another. */
  go(to: Destination): void {
    this.moving.value = to;
    this.here.value = to.group;
    this.#room.value = to.group === null ? null : to.name;
    // What a moderator said to the groups still counts in another group, but not after them.
    if (to.group === null) this.note.value = null;
  }

  /** The page is outside the meeting. */
  clear(): void {
    this.groups.value = [];
    this.endsByServer.value = null;
    this.own.value = null;
    this.note.value = null;
    this.here.value = null;
    this.#room.value = null;
    this.moving.value = null;
  }
}
