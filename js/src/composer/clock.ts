/**
 * When the next picture is composed: as soon as a camera delivers one, hardly more often than
 * the frame rate, and at half of it where nothing changes. Waiting for a fixed beat would cost half a
 * frame of latency on average. Runs on timers, which keep their pace in a Worker while a
 * background tab's animation frames stop.
 */

/** Microseconds: the one clock that stamps pictures and sound. */
export const now = (): number => performance.now() * 1000;

/** A picture may come this part of a frame before its turn: cameras are not punctual. */
const EARLY = 0.35;
/** Turns come a little too often, so that they fall back to the moment at which pictures come. */
const TURN = 0.95;

/** The pure part: times in milliseconds on any one clock. */
export class Pacer {
  #interval: number;
  #turn = Number.NEGATIVE_INFINITY;

  constructor(framerate: number) {
    this.#interval = 1000 / framerate;
  }

  set framerate(framerate: number) {
    this.#interval = 1000 / framerate;
  }

  /** The earliest moment for the next picture; `fresh` says whether it differs from the last. */
  next(fresh: boolean): number {
    return this.#turn + (fresh ? -EARLY : 1) * this.#interval;
  }

  composed(now: number): void {
    this.#turn = Math.max(this.#turn + TURN * this.#interval, now + (1 - EARLY) * this.#interval);
  }
}

/** Calls `compose` when a picture is due, until `signal` aborts. */
export class ComposeClock {
  readonly #pacer: Pacer;
  readonly #compose: () => void;
  readonly #signal: AbortSignal;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fresh = true;

  constructor(options: { framerate: number; compose: () => void; signal: AbortSignal }) {
    this.#pacer = new Pacer(options.framerate);
    this.#compose = options.compose;
    this.#signal = options.signal;
    options.signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
    this.#step();
  }

  set framerate(framerate: number) {
    this.#pacer.framerate = framerate;
  }

  /** Says that the next picture will differ from the last. */
  refresh(): void {
    if (this.#fresh) return;
    this.#fresh = true;
    this.#step();
  }

  #step(): void {
    if (this.#signal.aborted) return;
    clearTimeout(this.#timer);
    const now = performance.now();
    if (now >= this.#pacer.next(this.#fresh)) {
      this.#fresh = false;
      this.#pacer.composed(now);
      this.#compose();
    }
    const wait = this.#pacer.next(this.#fresh) - performance.now();
    this.#timer = setTimeout(() => this.#step(), Math.max(0, wait));
  }
}
