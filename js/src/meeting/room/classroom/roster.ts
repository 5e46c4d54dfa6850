/** The people with personal links, and who of them is here: known to moderators. */

import { signal } from "@preact/signals";
import type { Rostered, ServerMessage } from "../../../shared/protocol";

export class RosterStore {
  readonly people = signal<readonly Rostered[]>([]);

  apply(message: ServerMessage): void {
    if (message.type === "welcome") {
      // It follows, if there is one.
      this.clear();
    } else if (message.type === "roster_changed") {
      this.people.value = message.people;
    } else if (message.type === "roster_here") {
      const { id, here } = message;
      this.people.value = this.people.value.map((one) => (one.id === id ? { ...one, here } : one));
    }
  }

  clear(): void {
    if (this.people.value.length > 0) this.people.value = [];
  }

  /** In how many browsers the personal link of a participant is used; 0 without one. */
  browsersOf(participant: string): number {
    return this.people.value.find(({ here }) => here.includes(participant))?.here.length ?? 0;
  }
}

/** The people whose links are used in more browsers than before, and in several. */
export function usedTwice(before: readonly Rostered[], now: readonly Rostered[]): Rostered[] {
  const known = new Map(before.map(({ id, here }) => [id, here.length]));
  return now.filter(({ id, here }) => here.length > Math.max(1, known.get(id) ?? 0));
}
