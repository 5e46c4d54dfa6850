/**
 * Mixes voices into one continuous track, on the clock that timestamps the video. Pure.
 *
 * A block of a voice arrives when it is complete, so its arrival time tells when it was spoken,
 * plus some delay; the earliest of many arrivals had hardly any. A sound card's clock runs slightly
 * fast or slow: each voice is resampled to match, or it would drift. Times in microseconds, lengths
 * in sample frames.
 */

import { Resampler } from "./resampler";

export const SAMPLE_RATE = 48_000;
export const CHANNELS = 2;

/** Silence is sent with this delay: a voice may have started meanwhile. */
const SILENCE = 10_000;
/** The mix waits this long for a voice: on a busy machine it may be late, not gone... */
const VOICE_TIMEOUT = 150_000;
/** ...and after waiting in vain, ignores it for this long, so that it does not delay the others. */
const DISTRUST = 1_000_000;
/** A caller that polls this rarely was suspended, and must first add what arrived meanwhile. */
const ASLEEP = 30_000;
const WAKING = 20_000;
/** The earliest of this many arrivals counts. */
const WINDOW = 40;
/** A larger difference than this is not clock drift. */
const LOST = 20_000;
/** The same at the start of a voice, which may have been queued. */
const LATE_BEGINNING = 1_000;
/** A difference is corrected within about a second, by an inaudible change of pitch. */
const PULL = 1 / 1_000_000;
const MAX_PULL = 0.004;
/** Up to this level the sum is unchanged; above, it is compressed. */
const KNEE = 0.8;
/** The most that a voice buffers, in frames. */
const KEPT = SAMPLE_RATE;
/**
 * After this long without a poll the machine slept: skip the time instead of filling it with
 * silence.
 */
const SLEPT = 2_000_000;

const frames = (duration: number) => Math.round((duration * SAMPLE_RATE) / 1e6);
const duration = (count: number) => (count * 1e6) / SAMPLE_RATE;

/** A block of the mix, with consecutive channels. */
export interface Mixed {
  samples: Float32Array<ArrayBuffer>;
  /** The time of its first sample. */
  timestamp: number;
}

export class Mix {
  readonly #start: number;
  readonly #block: number;
  readonly #voices = new Map<number, Voice>();
  #taken = 0;
  #askedAt: number;
  #wakesUntil = 0;

  /** `start`: the time of the first sample. `block`: the length of the mix's blocks in frames. */
  constructor(start: number, block: number) {
    this.#start = start;
    this.#block = block;
    this.#askedAt = start;
  }

  /** Adds a block `channels` of a voice, at its own sample rate. */
  write(voice: number, channels: Float32Array[], sampleRate: number, now: number): void {
    const known = this.#voices.get(voice) ?? new Voice();
    this.#voices.set(voice, known);
    known.write(channels, sampleRate, now - this.#start, this.#taken);
  }

  /** Ends a voice. Audio received before still plays. */
  end(voice: number): void {
    const known = this.#voices.get(voice);
    if (known !== undefined) known.ended = true;
  }

  /** The next block, if it is due and complete. */
  take(now: number): Mixed | null {
    // On a machine where every poll is late, wait once, not each time.
    const woke = now - this.#askedAt > ASLEEP && this.#askedAt >= this.#wakesUntil;
    if (woke) this.#wakesUntil = now + WAKING;
    this.#askedAt = now;
    if (now - this.#start - duration(this.#taken) > SLEPT) this.#skipTo(now);
    const from = this.#taken;
    const to = from + this.#block;
    const at = now - this.#start;
    const late = at - duration(to);
    const missed = [...this.#voices.values()].filter((voice) => voice.isMissed(to, at));
    const patience = missed.length > 0 ? VOICE_TIMEOUT : SILENCE;
    const complete = missed.length === 0 && this.#hears(to);
    if (now < this.#wakesUntil || (!complete && late < patience)) return null;
    for (const voice of missed) voice.distrust();
    this.#taken = to;
    return { samples: this.#sum(from, to), timestamp: this.#start + duration(from) };
  }

  /** Skips to this time; everything before is lost, since no voice buffers that much. */
  #skipTo(now: number): void {
    const due = Math.floor(frames(now - this.#start) / this.#block) - 1;
    this.#taken = due * this.#block;
    for (const voice of this.#voices.values()) voice.forget();
  }

  /** Whether any voice has audio up to there. */
  #hears(to: number): boolean {
    return [...this.#voices.values()].some((voice) => voice.end >= to);
  }

  #sum(from: number, to: number): Float32Array<ArrayBuffer> {
    const sum = new Float32Array(this.#block * CHANNELS);
    for (const [id, voice] of this.#voices) {
      voice.addTo(sum, from, to);
      if (voice.ended && voice.end <= to) this.#voices.delete(id);
    }
    return sum.map(soften);
  }
}

/** Limits the sum to full scale, without a hard edge. */
function soften(sample: number): number {
  const over = Math.abs(sample) - KNEE;
  if (over <= 0) return sample;
  return Math.sign(sample) * (KNEE + (1 - KNEE) * Math.tanh(over / (1 - KNEE)));
}

/** One voice, placed on the clock. Times count from the mix's first sample. */
class Voice {
  readonly #resampler = new Resampler();
  readonly #channels = Array.from({ length: CHANNELS }, () => new Float32Array(KEPT));
  #end: number | null = null;
  /** The delays of the last arrivals; below 0, they show that the voice is placed too late. */
  #lags: number[] = [];
  /** The start of the mix's waiting time for it; null while it sends nothing. */
  #trustedFrom: number | null = 0;
  ended = false;

  /** The frame up to which its audio is known. */
  get end(): number {
    return this.#end ?? 0;
  }

  isMissed(to: number, now: number): boolean {
    if (this.ended || this.end >= to) return false;
    return this.#trustedFrom !== null && now >= this.#trustedFrom;
  }

  /** Drops all buffered samples. */
  forget(): void {
    for (const kept of this.#channels) kept.fill(0);
  }

  distrust(): void {
    this.#trustedFrom = null;
  }

  /** `taken`: the frame up to which the mix was output. */
  write(channels: Float32Array[], sampleRate: number, now: number, taken: number): void {
    this.#trustedFrom ??= now + DISTRUST;
    const pull = Math.max(-MAX_PULL, Math.min(MAX_PULL, this.#lag * PULL));
    const step = sampleRate / (SAMPLE_RATE * (1 + pull));
    const resampled = this.#resampler.resample(channels.slice(0, CHANNELS), step);
    const length = resampled[0]?.length ?? 0;
    const start = this.#place(length, now, taken);
    for (const [index, kept] of this.#channels.entries()) {
      const samples = resampled[Math.min(index, resampled.length - 1)];
      const last = Math.min(length, taken + KEPT - start);
      for (let i = Math.max(0, taken - start); i < last; i += 1) {
        kept[(start + i) % KEPT] = samples?.[i] ?? 0;
      }
    }
    this.#end = start + length;
  }

  /** Adds its samples between the two frames. */
  addTo(sum: Float32Array, from: number, to: number): void {
    for (const [channel, kept] of this.#channels.entries()) {
      const start = channel * (to - from) - from;
      for (let at = from; at < to; at += 1) {
        sum[start + at] = (sum[start + at] ?? 0) + (kept[at % KEPT] ?? 0);
        // Unless overwritten later, this is silence.
        kept[at % KEPT] = 0;
      }
    }
  }

  /** The delay of the earliest of the last arrivals; 0 while there were too few. */
  get #lag(): number {
    return this.#lags.length < WINDOW ? 0 : Math.min(...this.#lags);
  }

  /** The frame at which the block that ends now starts. */
  #place(length: number, now: number, taken: number): number {
    const start = this.#end ?? Number.NEGATIVE_INFINITY;
    const lag = now - duration(start + length);
    const settled = this.#lags.length >= WINDOW;
    const early = lag < (settled ? -LOST : -LATE_BEGINNING);
    if (early || start + length <= taken || this.#lag > LOST) {
      this.#lags = [];
      return Math.max(0, frames(now) - length);
    }
    this.#lags.push(lag);
    if (this.#lags.length > WINDOW) this.#lags.shift();
    return start;
  }
}
