/** Requests that await the server's answer. */

import {
  type Ack,
  type ClientMessage,
  type HandCalled,
  type InviteCreated,
  LIMITS,
  type PollOpened,
  type PollVotes,
  type ReadingOpened,
  type RemovalPlanned,
  type SourceOpened,
} from "../../shared/protocol";
import { RefusedError } from "../../shared/refused-error";
import type { Request } from "../../shared/server-line";
import { bytes } from "../../shared/text";

export type Answer =
  | Ack
  | HandCalled
  | PollOpened
  | PollVotes
  | InviteCreated
  | ReadingOpened
  | RemovalPlanned
  | SourceOpened;

interface Pending {
  resolve: (answer: Answer) => void;
  reject: (error: RefusedError) => void;
  timer: ReturnType<typeof setTimeout>;
}

/** Milliseconds. */
const TIMEOUT = 10_000;
/**
 * Requests at once, and a second: a program that exceeds this is refused here, before the server
 * would refuse it.
 */
const BURST = 100;
const RATE = 20;

export class PendingRequests {
  readonly #write: (text: string) => void;
  readonly #pending = new Map<number, Pending>();
  #ref = 0;
  #allowance = BURST;
  #allowedAt = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /**
   * Resolves when the server has carried it out; rejects if it refuses or does not answer in time.
   */
  ask(message: Request, timeout = TIMEOUT): Promise<Answer> {
    const ref = ++this.#ref;
    const text = JSON.stringify({ ...message, ref } satisfies ClientMessage);
    // A larger message would end the connection.
    if (bytes(text) > LIMITS.frame) {
      return Promise.reject(new RefusedError("invalid", "This is too long to be sent."));
    }
    if (!this.#mayAsk()) {
      const words = "So many requests at once: wait a moment.";
      return Promise.reject(new RefusedError("too_many", words));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(ref);
        reject(new RefusedError("timeout", "The server did not answer in time."));
      }, timeout);
      this.#pending.set(ref, { resolve, reject, timer });
      this.#write(text);
    });
  }

  settle(ref: number, answer: Answer | RefusedError): void {
    const pending = this.#pending.get(ref);
    if (!pending) return;
    this.#pending.delete(ref);
    clearTimeout(pending.timer);
    if (answer instanceof RefusedError) pending.reject(answer);
    else pending.resolve(answer);
  }

  rejectAll(kind: string, message: string): void {
    for (const ref of [...this.#pending.keys()]) this.settle(ref, new RefusedError(kind, message));
  }

  #mayAsk(): boolean {
    const now = performance.now();
    const back = ((now - this.#allowedAt) / 1000) * RATE;
    this.#allowance = Math.min(BURST, this.#allowance + back);
    this.#allowedAt = now;
    if (this.#allowance < 1) return false;
    this.#allowance -= 1;
    return true;
  }
}
