/** The polls of the meeting that is broadcast: viewers with its link vote, too. */

import { computed, signal } from "@preact/signals";
import { PollList } from "../polls/poll-list";
import type { Poll, PollChanged, PollCounts } from "../shared/protocol";

/** Which state of a poll the viewer has put away: an open poll that closes is shown again. */
const stateOf = ({ id, open }: Poll): string => `${id} ${open}`;

export class ViewerPolls extends PollList {
  readonly #put = signal<ReadonlySet<string>>(new Set());
  /** The first open poll, or else the one that closed last; null if there is none to show. */
  readonly shown = computed<Poll | null>(
    () =>
      [...this.open.value, ...this.closed.value.slice(0, 1)].find(
        (poll) => !this.#put.value.has(stateOf(poll)),
      ) ?? null,
  );
  /** Open polls that the viewer has put away. */
  readonly put = computed(() =>
    this.open.value.filter((poll) => this.#put.value.has(stateOf(poll))),
  );
  readonly #send: (poll: string, choices: readonly number[]) => Promise<void>;
  readonly #clock: () => Promise<number | null>;
  #asked = false;

  /** `clock` gives the milliseconds by which the server's clock is ahead; null if unknown. */
  constructor(
    send: (poll: string, choices: readonly number[]) => Promise<void>,
    clock: () => Promise<number | null>,
  ) {
    super();
    this.#send = send;
    this.#clock = clock;
  }

  receive(message: PollChanged | PollCounts): void {
    this.hear(message);
    if (message.type === "poll_changed" && message.poll.ends !== null) void this.#setClock();
  }

  /** The connection was lost: the server tells of the open polls again. */
  lost(): void {
    this.all.value = [];
  }

  /** The broadcast has ended: what is open is for those in the meeting alone. Results stay. */
  ended(): void {
    this.all.value = this.all.value.filter(({ open }) => !open);
  }

  async vote(poll: string, choices: readonly number[]): Promise<void> {
    await this.#send(poll, choices);
    this.voted(poll, choices);
  }

  putAway(poll: Poll): void {
    this.#put.value = new Set(this.#put.value).add(stateOf(poll));
  }

  /** Shows what was put away. */
  bringBack(): void {
    this.#put.value = new Set();
  }

  async #setClock(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    this.ahead.value = ((await this.#clock()) ?? 0) / 1000;
  }
}
