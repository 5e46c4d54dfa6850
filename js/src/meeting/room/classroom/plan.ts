/** The groups that a moderator prepares: names, and who belongs to which. */

import { computed, signal } from "@preact/signals";
import { type GroupPlan, LIMITS, type Participant } from "../../../shared/protocol";
import { t } from "../../strings";

type Draw = () => number;

export class GroupsPlan {
  /** The groups' names; null for the usual one, in the page's language. */
  readonly names = signal<readonly (string | null)[]>([null, null]);
  /** By person, the number of their group. */
  readonly assigned = signal<ReadonlyMap<string, number>>(new Map());
  /** As typed; empty for no end. */
  readonly minutes = signal("10");
  readonly shown = computed(() => this.names.value.map((name, at) => name ?? usual(at)));

  resize(groups: number): void {
    const count = Math.min(Math.max(1, groups), LIMITS.groups);
    const names = this.names.value;
    this.names.value = Array.from({ length: count }, (_, at) => names[at] ?? null);
    this.assigned.value = new Map([...this.assigned.value].filter(([, at]) => at < count));
  }

  rename(at: number, name: string): void {
    this.names.value = this.names.value.map((now, other) => (other === at ? name : now));
  }

  /** Null takes the person out of their group. */
  assign(id: string, at: number | null): void {
    const assigned = new Map(this.assigned.value);
    if (at === null) assigned.delete(id);
    else assigned.set(id, at);
    this.assigned.value = assigned;
  }

  /** Spreads people over the groups at random, as evenly as it goes. */
  shuffle(people: readonly string[], random: Draw = Math.random): void {
    const count = this.names.value.length;
    this.assigned.value = new Map(
      shuffled(people, random).map((id, position) => [id, position % count]),
    );
  }

  empty(): void {
    this.assigned.value = new Map();
  }

  /** The plan for those who are still here. */
  groups(here: readonly Participant[]): GroupPlan[] {
    return this.shown.value.map((name, at) => ({
      name: name.trim() || usual(at),
      people: here.filter(({ id }) => this.assigned.value.get(id) === at).map(({ id }) => id),
    }));
  }

  /** The time as a number; null for none, undefined if it is no time. */
  get time(): number | null | undefined {
    return minutesOf(this.minutes.value);
  }
}

/** The server's limit. */
const MOST_MINUTES = 24 * 60;

/** The minutes in a field: null if it is empty, undefined if they are none that the server accepts. */
export function minutesOf(typed: string): number | null | undefined {
  if (typed.trim() === "") return null;
  const minutes = Number(typed.replace(",", "."));
  return minutes > 0 && minutes <= MOST_MINUTES ? minutes : undefined;
}

/** The usual name of the group with this number, counted from 0. */
export function usual(at: number): string {
  return t.groups.nameOf(at + 1);
}

/** A new array in random order (Fisher and Yates). */
export function shuffled<T>(all: readonly T[], random: Draw = Math.random): T[] {
  const mixed = [...all];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
  }
  return mixed;
}
