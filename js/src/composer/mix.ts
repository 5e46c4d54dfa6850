/**
 * Many voices become one sound that never stops, on the clock that stamps the pictures. Pure.
 *
 * Each voice comes in blocks, when they are over: so the moment of its arrival says when it was
 * spoken, but for what it was delayed, and the earliest of many arrivals were hardly delayed. A
 * sound card's own clock runs a little fast or slow; each voice is stretched by as little, or it would
 * come later and later. Times in microseconds, lengths in sample frames.
 */

import { Resampler } from "./resampler";

export const SAMPLE_RATE = 48_000;
export const CHANNELS = 2;

/** Silence is sent this long after it was: somebody may have begun to speak meanwhile. */
const SILENCE = 10_000;
/** A voice is waited for as long: on a machine that is too busy it is late, not gone... */
const PATIENCE = 150_000;
/** ...and after it was missed in vain not at all for this time: nobody else may suffer from it. */
const DISTRUST = 1_000_000;
/** Whoever asks so seldom was asleep himself, and first has to take in what arrived meanwhile. */
const ASLEEP = 30_000;
const WAKING = 20_000;
/** Of so many arrivals the earliest counts. */
const WINDOW = 40;
/** More difference than this is no matter of clocks. */
const LOST = 20_000;
/** At the beginning of a voice: it may have waited for us. */
const LATE_BEGINNING = 1_000;
/** A difference is made up within about a second, by a change of pitch that nobody hears. */
const PULL = 1 / 1_000_000;
const MAX_PULL = 0.004;
/** Up to here a sum stays as it is; what is beyond is bent into the rest. */
const KNEE = 0.8;
/** What a voice keeps at most, in frames. */
const KEPT = SAMPLE_RATE;
/** Who is asked for nothing for so long slept: no silence of hours is made up for. */
const SLEPT = 2_000_000;

const frames = (duration: number) => Math.round((duration * SAMPLE_RATE) / 1e6);
const duration = (count: number) => (count * 1e6) / SAMPLE_RATE;

/** A block of the sum, channel after channel. */
export interface Mixed {
  samples: Float32Array<ArrayBuffer>;
  /** The moment of its first sample. */
  timestamp: number;
}

export class Mix {
  readonly #start: number;
  readonly #block: number;
  readonly #voices = new Map<number, Voice>();
  #taken = 0;
  #askedAt: number;
  #wakesUntil = 0;

  /** `start`: the moment of the first sample. `block`: of how many frames the sum's blocks are. */
  constructor(start: number, block: number) {
    this.#start = start;
    this.#block = block;
    this.#askedAt = start;
  }

  /** The block `channels` of a voice, at its own sample rate, has arrived. */
  write(voice: number, channels: Float32Array[], sampleRate: number, now: number): void {
    const known = this.#voices.get(voice) ?? new Voice();
    this.#voices.set(voice, known);
    known.write(channels, sampleRate, now - this.#start, this.#taken);
  }

  /** The voice has ended. What was said is still heard. */
  end(voice: number): void {
    const known = this.#voices.get(voice);
    if (known !== undefined) known.ended = true;
  }

  /** The next block, if its time has come and everybody's part of it is there. */
  take(now: number): Mixed | null {
    // Where every turn comes late it has to go on all the same: it waits once, not each time.
    const woke = now - this.#askedAt > ASLEEP && this.#askedAt >= this.#wakesUntil;
    if (woke) this.#wakesUntil = now + WAKING;
    this.#askedAt = now;
    if (now - this.#start - duration(this.#taken) > SLEPT) this.#skipTo(now);
    const from = this.#taken;
    const to = from + this.#block;
    const at = now - this.#start;
    const late = at - duration(to);
    const missed = [...this.#voices.values()].filter((voice) => voice.isMissed(to, at));
    const patience = missed.length > 0 ? PATIENCE : SILENCE;
    const complete = missed.length === 0 && this.#hears(to);
    if (now < this.#wakesUntil || (!complete && late < patience)) return null;
    for (const voice of missed) voice.distrust();
    this.#taken = to;
    return { samples: this.#sum(from, to), timestamp: this.#start + duration(from) };
  }

  /** Goes on at this moment; what was to be said before is lost, as no voice keeps that much. */
  #skipTo(now: number): void {
    const due = Math.floor(frames(now - this.#start) / this.#block) - 1;
    this.#taken = due * this.#block;
    for (const voice of this.#voices.values()) voice.forget();
  }

  /** Whether anybody has spoken up to there. */
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

/** Keeps a sum of many within what a loudspeaker can do, without an edge. */
function soften(sample: number): number {
  const over = Math.abs(sample) - KNEE;
  if (over <= 0) return sample;
  return Math.sign(sample) * (KNEE + (1 - KNEE) * Math.tanh(over / (1 - KNEE)));
}

/** One voice, placed on the clock. Moments count from the mix's first sample. */
class Voice {
  readonly #resampler = new Resampler();
  readonly #channels = Array.from({ length: CHANNELS }, () => new Float32Array(KEPT));
  #end: number | null = null;
  /** How late the last arrivals were: below 0 they prove that the voice is placed too late. */
  #lags: number[] = [];
  /** From when on it is waited for; null while it is silent without a word. */
  #trustedFrom: number | null = 0;
  ended = false;

  /** The frame up to which it is known. */
  get end(): number {
    return this.#end ?? 0;
  }

  isMissed(to: number, now: number): boolean {
    if (this.ended || this.end >= to) return false;
    return this.#trustedFrom !== null && now >= this.#trustedFrom;
  }

  /** Nothing that it said is heard any more. */
  forget(): void {
    for (const kept of this.#channels) kept.fill(0);
  }

  distrust(): void {
    this.#trustedFrom = null;
  }

  /** `taken`: the frame up to which the sum is gone. */
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

  /** Adds what it said between the two frames. */
  addTo(sum: Float32Array, from: number, to: number): void {
    for (const [channel, kept] of this.#channels.entries()) {
      const start = channel * (to - from) - from;
      for (let at = from; at < to; at += 1) {
        sum[start + at] = (sum[start + at] ?? 0) + (kept[at % KEPT] ?? 0);
        // What is not written anew is silence.
        kept[at % KEPT] = 0;
      }
    }
  }

  /** How late the earliest of the last arrivals was; 0 while there were too few. */
  get #lag(): number {
    return this.#lags.length < WINDOW ? 0 : Math.min(...this.#lags);
  }

  /** The frame at which the block that is over now begins. */
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
