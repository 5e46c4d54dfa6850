/**
 * Holds the sound to the clock that stamps the pictures. Captured sound comes late in bursts, is
 * lost under load, and its own clock runs a little fast or slow; an encoder merely counts samples,
 * so without this picture and sound drift apart. Times in microseconds, lengths in sample frames.
 */

/** What to do with one captured block, in this order. */
export interface Placement {
  /** Silent frames to put before it. */
  silence: number;
  /** Frames to leave out at its head. */
  skip: number;
  /** How often its first frame is repeated: stretches the sound too little to be heard. */
  repeat: number;
}

/** Differences below this are the arrival's own jitter. */
const NOTICEABLE = 4_000;
/** Above this the sound was lost, not slow. */
const LOST = 20_000;
/** Arrivals only ever come late, so the earliest of this many tells the true lag. */
const WINDOW = 40;
/** After this long without any sound, silence takes its place... */
const IDLE = 150_000;
/** ...up to this long ago, so that what is merely late still fits. */
const MARGIN = 60_000;

export class AudioTimeline {
  readonly #sampleRate: number;
  readonly #start: number;
  #frames = 0;
  #lags: number[] = [];
  #heard = false;

  /** `start`: the moment of the first sample. */
  constructor(sampleRate: number, start: number) {
    this.#sampleRate = sampleRate;
    this.#start = start;
  }

  /** The moment up to which there is sound. */
  get end(): number {
    return this.#start + this.#duration(this.#frames);
  }

  /** Places a block of `frames` that arrived at `now`. */
  place(frames: number, now: number): Placement {
    const placement = this.#judge(frames, now - (this.end + this.#duration(frames)));
    this.#frames += placement.silence + placement.repeat + frames - placement.skip;
    return placement;
  }

  /** How many silent frames to emit because nothing arrives. */
  idle(now: number): number {
    if (now - this.end < IDLE) return 0;
    const silence = this.#count(now - MARGIN - this.end);
    this.#frames += silence;
    this.#lags = [];
    return silence;
  }

  #judge(frames: number, lag: number): Placement {
    const none = { silence: 0, skip: 0, repeat: 0 };
    if (!this.#heard) {
      this.#heard = true;
      return lag > 0 ? { ...none, silence: this.#count(lag) } : none;
    }
    if (lag < -LOST) {
      this.#lags = [];
      return { ...none, skip: Math.min(frames, this.#count(-lag)) };
    }
    this.#lags.push(lag);
    if (this.#lags.length < WINDOW) return none;
    if (this.#lags.length > WINDOW) this.#lags.shift();
    const least = Math.min(...this.#lags);
    if (least > LOST) {
      this.#lags = [];
      return { ...none, silence: this.#count(least) };
    }
    if (least > NOTICEABLE) return { ...none, repeat: 1 };
    if (least < -NOTICEABLE) return { ...none, skip: 1 };
    return none;
  }

  #duration(frames: number): number {
    return (frames * 1e6) / this.#sampleRate;
  }

  #count(duration: number): number {
    return Math.round((duration * this.#sampleRate) / 1e6);
  }
}

/** The block as its placement wants it: channel after channel. */
export function arrange(
  channels: Float32Array[],
  { silence, skip, repeat }: Placement,
): Float32Array<ArrayBuffer> {
  const frames = channels[0]?.length ?? 0;
  const length = silence + repeat + frames - skip;
  const arranged = new Float32Array(length * channels.length);
  for (const [index, samples] of channels.entries()) {
    const kept = samples.subarray(skip);
    const start = index * length + silence;
    arranged.fill(kept[0] ?? 0, start, start + repeat);
    arranged.set(kept, start + repeat);
  }
  return arranged;
}
