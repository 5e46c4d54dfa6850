/**
 * Which pictures of a camera to take, so that they are no more than `fps` a second on average. Pure;
 * milliseconds on any one clock.
 */

/** A picture may be early by this fraction of an interval: cameras are jittery. */
const EARLY = 0.35;

export class TapPace {
  readonly #interval: number;
  #due = Number.NEGATIVE_INFINITY;

  constructor(fps: number) {
    this.#interval = 1000 / fps;
  }

  /** Milliseconds until the next picture may be taken; 0 if it may now. */
  wait(now: number): number {
    return Math.max(0, this.#due - EARLY * this.#interval - now);
  }

  took(now: number): void {
    this.#due = Math.max(this.#due + this.#interval, now + (1 - EARLY) * this.#interval);
  }
}
