/** With which token and which place the page is in which room of the meeting. */

import type { Ending } from "../signalling";
import type { Destination } from "./groups";

/** A room that the page may join. */
export interface Ticket extends Destination {
  token: string;
  /** The secret of the place that the page had there; null for none. */
  resume: string | null;
}

/** What ends the meeting for a person, in whichever room they are. */
const FINAL: ReadonlySet<Ending["kind"]> = new Set(["left", "replaced", "server_unreachable"]);
/** What a group may refuse to a person who was in it, and the main room may not. */
const OF_THE_GROUP: ReadonlySet<Ending["kind"]> = new Set([
  "token_expired",
  "token_rejected",
  "room_closed",
]);
/** A server that sends the page back to a group that refuses it must not do so forever. */
const MOST_RETURNS = 3;

export class Journey {
  /** The token that the page was opened with: the main room's, also after a reload. */
  readonly #main: string;
  readonly #places = new Map<string | null, string>();
  #at: Ticket;
  #returns = 0;

  /** `resume`: of the place in the main room before a reload. */
  constructor(main: string, resume: string | null) {
    this.#main = main;
    this.#at = { group: null, name: "", token: main, resume };
  }

  get ticket(): Ticket {
    return this.#at;
  }

  /** The secret of the place in the main room, for a page that reloads. */
  mainPlace(resume: string | null): string | null {
    return this.#at.group === null ? resume : (this.#places.get(null) ?? null);
  }

  /** The page leaves its room, with the secret of its place there, and goes to another one. */
  go({ group, name, token }: Omit<Ticket, "resume">, resume: string | null): Ticket {
    if (resume !== null) this.#places.set(this.#at.group, resume);
    this.#at = { group, name, token, resume: this.#places.get(group) ?? null };
    return this.#at;
  }

  /** The page is in its room. */
  arrived(): void {
    if (this.#at.group !== null) this.#returns = 0;
  }

  /**
   * Whether an ending is a group's, which says nothing of the main room. `inside`: whether the page
   * had been in the group's room until then.
   */
  isOfGroup({ kind }: Ending, inside: boolean): boolean {
    if (this.#at.group === null || FINAL.has(kind)) return false;
    return !inside || OF_THE_GROUP.has(kind);
  }

  /** The main room, by the page's own token; null if it has led to nothing too often. */
  wayBack(): Omit<Ticket, "resume"> | null {
    this.#returns += 1;
    return this.#returns > MOST_RETURNS ? null : { group: null, name: "", token: this.#main };
  }
}
