/**
 * How long to hold video and audio so that they play evenly. Pure; times are in
 * microseconds, of the stream (`timestamp`) and of this page (`now`). The two clocks have
 * different origins: only differences between transits mean anything.
 */

/** Older arrivals no longer count, so that the floor follows clocks that drift. */
const WINDOW = 5_000_000;
/** Arrivals per window that may be late: 5 % of the video, hardly any audio. */
const LATE_FRAMES = 8;
const LATE_PACKETS = 2;
/**
 * At first only the shortest transit counts: cached frames arrive late, and the page is busy
 * loading. This phase ends once the transit has not shortened by more than `NOTICEABLE` for
 * `STARTUP`, and after `LONGEST_STARTUP` in any case.
 */
const STARTUP = 1_000_000;
const LONGEST_STARTUP = 5_000_000;
const NOTICEABLE = 5_000;
/**
 * One transit this much shorter than all others in a window shows that a stalled page delayed the
 * others.
 */
const HELD_UP = 100_000;

interface Arrival {
  now: number;
  transit: number;
}

/** The start of a track: its shortest transit, and when that was found. */
class StartupPhase {
  #began: number | null = null;
  #shortest = Number.POSITIVE_INFINITY;
  #since = 0;

  /** Whether the start still lasts at this arrival. */
  lasts({ now, transit }: Arrival): boolean {
    this.#began ??= now;
    if (transit < this.#shortest - NOTICEABLE) {
      this.#shortest = transit;
      this.#since = now;
    }
    return now - this.#since < STARTUP && now - this.#began < LONGEST_STARTUP;
  }
}

/** Measures the arrivals of one track. */
export class TransitMeter {
  readonly #late: number;
  #arrivals: Arrival[] = [];
  #startup: StartupPhase | null = new StartupPhase();
  #last: { timestamp: number; now: number } | null = null;
  /** The floor before the burst of the last arrival. */
  #floorBefore: number | null = null;

  /** `late`: how many arrivals per window may be late. */
  constructor(late: number) {
    this.#late = late;
  }

  /** The shortest recent transit; null before the first arrival. */
  get floor(): number | null {
    if (this.#arrivals.length === 0) return null;
    return Math.min(...this.#arrivals.map(({ transit }) => transit));
  }

  /** How much longer than the shortest transit all but a few arrivals take. */
  get spread(): number {
    const transits = this.#arrivals.map(({ transit }) => transit).sort((a, b) => b - a);
    const worst = transits[this.#late];
    const least = transits.at(-1);
    return least === undefined || worst === undefined ? 0 : worst - least;
  }

  add(timestamp: number, now: number): void {
    const transit = now - timestamp;
    const last = this.#last;
    this.#last = { timestamp, now };
    // Arrivals right behind a late one were only queued: a stall counts once, however long.
    const queued = last !== null && now - last.now < (timestamp - last.timestamp) / 2;
    const floor = this.floor;
    const longer = floor !== null && transit > floor;
    if (queued && longer) return;
    if (!queued) this.#floorBefore = floor;
    if (transit < (this.#floorBefore ?? transit) - HELD_UP) this.#startup ??= new StartupPhase();
    if (this.#startup !== null) {
      if (!this.#startup.lasts({ now, transit })) this.#startup = null;
      if (longer) return;
      this.#arrivals = [];
    }
    this.#arrivals.push({ now, transit });
    while ((this.#arrivals[0]?.now ?? now) < now - WINDOW) this.#arrivals.shift();
  }

  /** The stream restarts: its first frames are cached ones. */
  restart(): void {
    this.#arrivals = [];
    this.#startup = new StartupPhase();
    this.#last = null;
    this.#floorBefore = null;
  }
}

/** The longest hold against jitter. */
const MAX_HOLD = 200_000;
/** The share of the elapsed time by which a hold shrinks. */
const EASE = 0.06;
/**
 * A frame that is up to one frame late is still shown in order: hold only for jitter beyond that.
 */
const SLACK = 33_000;
/**
 * The longest that video waits for later audio, as with a wireless headset:
 * decoders hold only so many frames (`FrameQueue`); a frame that waits longer is never shown.
 */
const LONGEST_WAIT = 330_000;
/**
 * The longest that audio waits for later video, as from a slow encoder. It is
 * buffered meanwhile (`SoundRing`); beyond that it is no longer held.
 */
export const LONGEST_SOUND_WAIT = 6_000_000;
/** A lip sync error above this is noticeable (ITU-R BT.1359 says 45 ms). */
export const LIP_SYNC = 40_000;
/** What audio needs beyond its jitter: unlike video, it cannot skip. */
const SOUND_RESERVE = 5_000;

/** A hold that rises at once and shrinks slowly. */
class JitterHold {
  #value = 0;
  #at: number | null = null;

  update(needed: number, now: number): number {
    const eased = this.#value - (this.#at === null ? 0 : (now - this.#at) * EASE);
    this.#at = now;
    this.#value = Math.min(MAX_HOLD, Math.max(0, needed, eased));
    return this.#value;
  }
}

/** When a stream time is due on this page: at `timestamp` plus the offset. */
export interface Offsets {
  picture: number | null;
  sound: number | null;
}

/** Sets the offsets of both tracks, and keeps them in lip sync. */
export class Playout {
  readonly picture = new TransitMeter(LATE_FRAMES);
  readonly sound = new TransitMeter(LATE_PACKETS);
  #pictureHold = new JitterHold();
  #soundHold = new JitterHold();

  /** `output`: the device's output latency; `strain`: extra time after audible gaps. */
  offsets(now: number, sound: { output: number; strain: number } | null): Offsets {
    const pictureFloor = this.picture.floor;
    const soundFloor = sound === null ? null : this.sound.floor;
    let picture =
      pictureFloor === null
        ? null
        : pictureFloor + this.#pictureHold.update(this.picture.spread - SLACK, now);
    if (sound === null || soundFloor === null) return { picture, sound: null };
    const held = this.#soundHold.update(this.sound.spread + sound.strain, now);
    let heard = soundFloor + sound.output + SOUND_RESERVE + held;
    if (picture !== null && pictureFloor !== null) {
      heard = Math.max(heard, Math.min(picture, heard + LONGEST_SOUND_WAIT));
      picture = Math.max(picture, Math.min(heard - LIP_SYNC, pictureFloor + LONGEST_WAIT));
    }
    return { picture, sound: heard };
  }

  restart(): void {
    this.picture.restart();
    this.sound.restart();
  }
}
