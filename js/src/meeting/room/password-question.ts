/** The room's password prompt: when it is open, and the result of each answer. */

import { signal } from "@preact/signals";
import { RefusedError } from "../../shared/refused-error";

export interface Question {
  /** Whether the last answer was wrong. */
  wrong: boolean;
  /** Whether the embedding page gave that answer: it would only repeat it. */
  repeated: boolean;
}

interface Answer {
  done(): void;
  fail(error: RefusedError): void;
}

export class PasswordQuestion {
  readonly asked = signal<Question | null>(null);
  /** The embedding page's answers since the last entry into the room. */
  readonly #given = new Set<string>();
  #repeated = false;
  #answer: Answer | null = null;

  /** The user answered. */
  answered(): void {
    this.#repeated = false;
    this.#answers();
  }

  /** The embedding page answered; settles when the room accepts or refuses it. */
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

  /** The room accepts no answers for a while. */
  pause(error: RefusedError): void {
    this.asked.value = { wrong: true, repeated: true };
    this.#refuse(error);
  }

  /** Admitted, to the room or its lobby. */
  passed(): void {
    this.asked.value = null;
    this.#given.clear();
    this.#answer?.done();
    this.#answer = null;
  }

  /** The meeting ended. */
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
