/** The polls of the meeting: what everyone is asked, what this participant answered, and the results. */

import { computed, signal } from "@preact/signals";
import type { Poll, ServerMessage } from "../../../shared/protocol";
import { flag, type Launch } from "../launch";
import type { PollDraft } from "./poll-draft";

/** What a message changed about a poll. */
export interface PollNews {
  what: "opened" | "closed";
  poll: Poll;
}

/** Whether this page shows polls: an embedding page may do without, by Jitsi's name of the setting. */
export function offersPolls({ config }: Pick<Launch, "config">): boolean {
  return !flag(config, "disablePolls");
}

export class PollStore {
  /** All polls, oldest first; `ends` is by this page's clock. */
  readonly all = signal<readonly Poll[]>([]);
  readonly open = computed(() => this.all.value.filter(({ open }) => open));
  /** The newest first. */
  readonly closed = computed(() => this.all.value.filter(({ open }) => !open).reverse());
  /** Open polls without a vote of this participant, except those that they asked themselves. */
  readonly unanswered = computed(() =>
    this.open.value.filter(({ id, own }) => own.length === 0 && !this.#asked.value.has(id)),
  );
  /** Those of them that still may show over the stage. */
  readonly shown = computed(() =>
    this.unanswered.value.filter(({ id }) => !this.#dismissed.value.has(id)),
  );
  /** The question that a moderator is writing; null while there is none. */
  readonly draft = signal<PollDraft | null>(null);
  /** What is chosen on this page and not sent, by poll; kept while panel and card are closed. */
  readonly #choices = signal<ReadonlyMap<string, readonly number[]>>(new Map());
  readonly #dismissed = signal<ReadonlySet<string>>(new Set());
  readonly #asked = signal<ReadonlySet<string>>(new Set());
  /** Seconds by which the server's clock is ahead of this page's. */
  #ahead = 0;

  /** Applies a message; returns what people should know of it, if anything. */
  apply(message: ServerMessage): PollNews | null {
    switch (message.type) {
      case "welcome":
        this.#ahead = message.now - Date.now() / 1000;
        // The polls of this meeting follow. Those that the page has stay until then.
        if (!message.kept) this.#forget();
        return null;
      case "poll_changed":
        return this.#change(message.poll);
      case "poll_counts":
        this.#update(message.id, { counts: message.counts, voters: message.voters });
        return null;
      default:
        return null;
    }
  }

  get(id: string): Poll | null {
    return this.all.value.find((one) => one.id === id) ?? null;
  }

  /** What this participant has chosen of a poll, sent or not. */
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

  /** This page opened a poll. */
  asked(id: string): void {
    this.#asked.value = new Set(this.#asked.value).add(id);
  }

  /** Shows a poll no longer over the stage: it stays in the panel. */
  dismiss(id: string): void {
    this.#dismissed.value = new Set(this.#dismissed.value).add(id);
  }

  /** Forgets the polls of a meeting that was left. */
  clear(): void {
    this.#forget();
    this.draft.value = null;
  }

  #forget(): void {
    this.all.value = [];
    this.#choices.value = new Map();
    this.#dismissed.value = new Set();
    this.#asked.value = new Set();
  }

  #change(told: Poll): PollNews | null {
    const before = this.get(told.id);
    const ends = told.ends === null ? null : told.ends - this.#ahead;
    // What is sent to everyone has no one's own vote.
    const own = told.own.length > 0 ? told.own : (before?.own ?? []);
    const poll = { ...told, ends, own };
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
