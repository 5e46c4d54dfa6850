/** Detects an encoder or decoder that accepts input but silently stops producing output. */

/** Milliseconds without due output after which a codec counts as stalled. */
const STUCK_MS = 5_000;

export class CodecWatchdog {
  #since: number | null = null;

  /** Notes input. */
  input(): void {
    this.#since ??= performance.now();
  }

  /** Notes output, or a new codec. */
  output(): void {
    this.#since = null;
  }

  /** Whether it has silently stalled. */
  get stuck(): boolean {
    return this.#since !== null && performance.now() - this.#since > STUCK_MS;
  }
}
