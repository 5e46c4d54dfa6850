/** An encoder or decoder that takes and takes, and gives nothing: it neither fails nor goes on. */

/** Milliseconds: a codec that owes something for longer gives no more. */
const STUCK_MS = 5_000;

export class CodecDebt {
  #since: number | null = null;

  /** It was given something to work on. */
  took(): void {
    this.#since ??= performance.now();
  }

  /** It gave something, or was replaced. */
  gave(): void {
    this.#since = null;
  }

  /** Whether it has stopped without a word. */
  get stuck(): boolean {
    return this.#since !== null && performance.now() - this.#since > STUCK_MS;
  }
}
