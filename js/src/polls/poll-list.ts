/** Polls as the server tells of them, and what is chosen on this page. */

import { computed, signal } from "@preact/signals";
import type { Poll, PollChanged, PollCounts } from "../shared/protocol";

/** What a message changed about a poll. */
export interface PollNews {
  what: "opened" | "closed";
  poll: Poll;
}

export class PollList {
  /** All polls, oldest first; `ends` is by the server's clock. */
  readonly all = signal<readonly Poll[]>([]);
  readonly open = computed(() => this.all.value.filter(({ open }) => open));
  /** The newest first. */
  readonly closed = computed(() => this.all.value.filter(({ open }) => !open).reverse());
  /** Seconds by which the server's clock is ahead of this page's. */
  readonly ahead = signal(0);
  /** What is chosen on this page and not sent, by poll. */
  readonly #choices = signal<ReadonlyMap<string, readonly number[]>>(new Map());

  /** Applies a message; returns what people should know of it, if anything. */
  hear(message: PollChanged | PollCounts): PollNews | null {
    if (message.type === "poll_changed") return this.#change(message.poll);
    this.#update(message.id, { counts: message.counts, voters: message.voters });
    return null;
  }

  get(id: string): Poll | null {
    return this.all.value.find((one) => one.id === id) ?? null;
  }

  /** What is chosen of a poll, sent or not. */
  choicesOf({ id, own }: Poll): readonly number[] {
    return this.#choices.value.get(id) ?? own;
  }

  choose(id: string, choices: readonly number[]): void {
    this.#choices.value = new Map(this.#choices.value).set(id, choices);
  }

  /** The server counts this vote. */
  voted(id: string, choices: readonly number[]): void {
    this.#update(id, { own: [...choices] });
    const rest = new Map(this.#choices.value);
    rest.delete(id);
    this.#choices.value = rest;
  }

  clear(): void {
    this.all.value = [];
    this.#choices.value = new Map();
  }

  #change(told: Poll): PollNews | null {
    const before = this.get(told.id);
    // What is sent to everyone has no one's own vote.
    const own = told.own.length > 0 ? told.own : (before?.own ?? []);
    const poll = { ...told, own };
    if (before) {
      this.#update(told.id, poll);
      return before.open && !poll.open ? { what: "closed", poll } : null;
    }
    this.all.value = [...this.all.value, poll];
    return poll.open && own.length === 0 ? { what: "opened", poll } : null;
  }

  #update(id: string, news: Partial<Poll>): void {
    this.all.value = this.all.value.map((one) => (one.id === id ? { ...one, ...news } : one));
  }
}
