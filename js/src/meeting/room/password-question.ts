/** The room's question for its password: while it is asked, and what becomes of each answer. */

import { signal } from "@preact/signals";
import { RefusedError } from "../../shared/refused-error";

export interface Question {
  /** Whether the last answer was wrong. */
  wrong: boolean;
  /** Whether the embedding page gave that answer before: it would only give it again. */
  repeated: boolean;
}

interface Answer {
  done(): void;
  fail(error: RefusedError): void;
}

export class PasswordQuestion {
  readonly asked = signal<Question | null>(null);
  /** What the embedding page has answered since the room was last entered. */
  readonly #given = new Set<string>();
  #repeated = false;
  #answer: Answer | null = null;

  /** A person's answer. */
  answered(): void {
    this.#repeated = false;
    this.#answers();
  }

  /** An answer of the embedding page; settles once the room has taken or refused it. */
  answeredByPage(password: string): Promise<void> {
    this.#repeated = this.#given.has(password);
    this.#given.add(password);
    this.#answers();
    return new Promise((done, fail) => {
      this.#answer = { done, fail };
    });
  }

  /** The room asks, for the first time or because the answer was wrong. */
  ask(wrong: boolean): void {
    this.asked.value = { wrong, repeated: wrong && this.#repeated };
    this.#refuse(new RefusedError("wrong_password", "This is not the room's password."));
  }

  /** The room looks at no more answers for a while. */
  pause(error: RefusedError): void {
    this.asked.value = { wrong: true, repeated: true };
    this.#refuse(error);
  }

  /** The room is entered, or a place in its lobby is there. */
  passed(): void {
    this.asked.value = null;
    this.#given.clear();
    this.#answer?.done();
    this.#answer = null;
  }

  /** The meeting is over. */
  close(message: string): void {
    this.asked.value = null;
    this.#given.clear();
    this.#refuse(new RefusedError("not_joined", message));
  }

  #answers(): void {
    this.asked.value = null;
    this.#refuse(new RefusedError("replaced", "Another password was given meanwhile."));
  }

  #refuse(error: RefusedError): void {
    this.#answer?.fail(error);
    this.#answer = null;
  }
}
