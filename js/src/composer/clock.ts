/**
 * When to compose the next frame: as soon as a camera delivers one, but hardly more often than the
 * frame rate, and at half of it if nothing changes. A fixed interval would add half a frame of
 * latency on average. Uses timers, which keep their pace in a Worker, while a background tab's
 * animation frames stop.
 */

/** A jump of the wall clock by this many milliseconds means that the machine was asleep. */
const ASLEEP_MS = 5_000;

/**
 * A clock that continues while the machine sleeps, which browsers' own clocks do only on some
 * systems: what is captured after sleep must not seem to follow at once. The pure part:
 * milliseconds.
 */
export class WakefulClock {
  readonly #ticks: () => number;
  readonly #timeOfDay: () => number;
  #last: { ticks: number; timeOfDay: number };
  #slept = 0;

  constructor(ticks: () => number, timeOfDay: () => number) {
    this.#ticks = ticks;
    this.#timeOfDay = timeOfDay;
    this.#last = { ticks: ticks(), timeOfDay: timeOfDay() };
  }

  now(): number {
    const [ticks, timeOfDay] = [this.#ticks(), this.#timeOfDay()];
    const missed = timeOfDay - this.#last.timeOfDay - (ticks - this.#last.ticks);
    // A small correction, or one backwards, does not mean sleep.
    if (missed > ASLEEP_MS) this.#slept += missed;
    this.#last = { ticks, timeOfDay };
    return ticks + this.#slept;
  }
}

const clock = new WakefulClock(() => performance.now(), Date.now);

/** Microseconds, on the clock that timestamps both video and audio. */
export const now = (): number => clock.now() * 1000;

/** A frame may be early by this fraction of a frame interval: cameras are jittery. */
const EARLY = 0.35;
/** The interval is slightly too short, so that frames are composed on arrival again. */
const TURN = 0.95;

/** The pure part: milliseconds on any one clock. */
export class Pacer {
  #interval: number;
  #turn = Number.NEGATIVE_INFINITY;

  constructor(framerate: number) {
    this.#interval = 1000 / framerate;
  }

  set framerate(framerate: number) {
    this.#interval = 1000 / framerate;
  }

  /** The earliest time for the next frame; `fresh`: whether it differs from the last. */
  next(fresh: boolean): number {
    return this.#turn + (fresh ? -EARLY : 1) * this.#interval;
  }

  composed(now: number): void {
    this.#turn = Math.max(this.#turn + TURN * this.#interval, now + (1 - EARLY) * this.#interval);
  }
}

/** Calls `compose` when a frame is due, until `signal` aborts. */
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

  /** Marks the next frame as different from the last. */
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
