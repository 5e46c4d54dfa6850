/**
 * How long pictures and sound have to be held so that they play evenly. Pure; times are in
 * microseconds, of the stream (`timestamp`) and of this page (`now`). The two clocks have
 * different origins: only differences between transits mean anything.
 */

/** What is older no longer counts; also lets the floor follow clocks that drift. */
const WINDOW = 5_000_000;
/** Arrivals of one window that may come too late: 5 % of the pictures, hardly any sound. */
const LATE_PICTURES = 8;
const LATE_PACKETS = 2;
/**
 * At the beginning only the shortest way counts: the cached group of pictures comes late, and the
 * page is busy with itself. The beginning is over when the way has not become shorter by more than
 * `NOTICEABLE` for `JOINING`, and after `LONGEST_JOINING` in any case.
 */
const JOINING = 1_000_000;
const LONGEST_JOINING = 5_000_000;
const NOTICEABLE = 5_000;
/** Who comes so much faster than all of a window shows that they were held up: a page that stood. */
const HELD_UP = 100_000;

interface Arrival {
  now: number;
  transit: number;
}

/** The beginning of a track: how short its way has become, and since when. */
class Joining {
  #began: number | null = null;
  #shortest = Number.POSITIVE_INFINITY;
  #since = 0;

  /** Whether it still lasts, at this arrival. */
  lasts({ now, transit }: Arrival): boolean {
    this.#began ??= now;
    if (transit < this.#shortest - NOTICEABLE) {
      this.#shortest = transit;
      this.#since = now;
    }
    return now - this.#since < JOINING && now - this.#began < LONGEST_JOINING;
  }
}

/** Watches the arrivals of one track. */
export class Transit {
  readonly #late: number;
  #arrivals: Arrival[] = [];
  #joining: Joining | null = new Joining();
  #last: { timestamp: number; now: number } | null = null;
  /** The floor before what came at once with the last arrival. */
  #floorBefore: number | null = null;

  /** `late`: how many arrivals of five seconds may come after their time. */
  constructor(late: number) {
    this.#late = late;
  }

  /** The shortest way of late; null before the first arrival. */
  get floor(): number | null {
    if (this.#arrivals.length === 0) return null;
    return Math.min(...this.#arrivals.map(({ transit }) => transit));
  }

  /** How much longer than the shortest way all but a few arrivals take. */
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
    // What arrives right behind a late one was only queued: a stall counts once, however long.
    const queued = last !== null && now - last.now < (timestamp - last.timestamp) / 2;
    const floor = this.floor;
    const longer = floor !== null && transit > floor;
    if (queued && longer) return;
    if (!queued) this.#floorBefore = floor;
    if (transit < (this.#floorBefore ?? transit) - HELD_UP) this.#joining ??= new Joining();
    if (this.#joining !== null) {
      if (!this.#joining.lasts({ now, transit })) this.#joining = null;
      if (longer) return;
      this.#arrivals = [];
    }
    this.#arrivals.push({ now, transit });
    while ((this.#arrivals[0]?.now ?? now) < now - WINDOW) this.#arrivals.shift();
  }

  /** The stream begins anew: what comes first is a cached group of pictures again. */
  restart(): void {
    this.#arrivals = [];
    this.#joining = new Joining();
    this.#last = null;
    this.#floorBefore = null;
  }
}

/** The longest that anything is held back for an even flow. */
const MAX_HOLD = 200_000;
/** A held time shrinks by this part of the time that passes. */
const EASE = 0.06;
/** A picture up to one frame late is still seen in its turn: only what is beyond that is held. */
const SLACK = 33_000;
/**
 * The longest that a picture waits for a sound that takes longer, as with a headset without a wire:
 * decoders hold only so many pictures (`PictureQueue`), and who waits longer is never seen.
 */
const LONGEST_WAIT = 330_000;
/**
 * The longest that sound waits for a picture that takes longer, as from an encoder that is late. It is
 * kept meanwhile (`SoundRing`); beyond that voices are not held back any more.
 */
export const LONGEST_SOUND_WAIT = 6_000_000;
/** More difference than this between lips and voice is noticed (ITU-R BT.1359 says 45 ms). */
export const LIP_SYNC = 40_000;
/** What sound needs beyond its jitter: it cannot skip as pictures can. */
const SOUND_RESERVE = 5_000;

/** Rises at once and eases down. */
class Hold {
  #value = 0;
  #at: number | null = null;

  update(needed: number, now: number): number {
    const eased = this.#value - (this.#at === null ? 0 : (now - this.#at) * EASE);
    this.#at = now;
    this.#value = Math.min(MAX_HOLD, Math.max(0, needed, eased));
    return this.#value;
  }
}

/** When a moment of the stream is due on this page: at `timestamp` plus the offset. */
export interface Offsets {
  picture: number | null;
  sound: number | null;
}

/** Decides the offsets of both tracks, and keeps them within lip sync. */
export class Playout {
  readonly picture = new Transit(LATE_PICTURES);
  readonly sound = new Transit(LATE_PACKETS);
  #pictureHold = new Hold();
  #soundHold = new Hold();

  /** `output`: how long the device takes to sound; `strain`: extra time after gaps were heard. */
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
