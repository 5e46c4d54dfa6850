/**
 * A ring buffer of audio, placed by stream time. Pure: the AudioWorklet requests the next samples
 * and passes the time that is due; small errors are corrected by playing slightly faster or slower,
 * large ones by a jump.
 */

/** Below this nothing is corrected. */
const TOLERANCE = 3_000;
/** Beyond this error it jumps: catching up would take too long. */
const JUMP = 250_000;
/** Seconds: longer than audio ever waits for video, and what arrives meanwhile. */
const KEPT = 8;
/** The rate that corrects an error within about a second... */
const PULL = 1 / 1_000_000;
/** ...but never so fast that the change of pitch is audible. */
const MAX_PULL = 0.06;

export class SoundRing {
  readonly #sampleRate: number;
  readonly #capacity: number;
  readonly #channels: Float32Array[];
  /** Positions in frames since `#origin`; `#head` lies between samples. */
  #origin: number | null = null;
  #head: number | null = null;
  #end = 0;
  #gaps = 0;

  constructor(sampleRate: number, channels: number, seconds = KEPT) {
    this.#sampleRate = sampleRate;
    this.#capacity = Math.ceil(sampleRate * seconds);
    this.#channels = Array.from({ length: channels }, () => new Float32Array(this.#capacity));
  }

  /** The number of underruns. */
  get gaps(): number {
    return this.#gaps;
  }

  /** The stream time that plays next; null in silence. */
  get position(): number | null {
    return this.#head === null ? null : this.#time(this.#head);
  }

  write(timestamp: number, planes: readonly Float32Array[]): void {
    const length = planes[0]?.length ?? 0;
    if (this.#origin === null) this.#origin = timestamp;
    let start = Math.round(this.#frame(timestamp));
    // Times are rounded to microseconds: rounding must not add or drop a sample between packets.
    if (Math.abs(start - this.#end) <= 2) start = this.#end;
    if (start < this.#end - this.#capacity || start > this.#end + this.#capacity) {
      this.clear();
      this.#origin = timestamp;
      start = 0;
    }
    for (const [index, channel] of this.#channels.entries()) {
      for (let i = this.#end; i < start; i += 1) channel[i % this.#capacity] = 0;
      const plane = planes[Math.min(index, planes.length - 1)];
      for (let i = 0; i < length; i += 1) {
        channel[(start + i) % this.#capacity] = plane?.[i] ?? 0;
      }
    }
    this.#end = Math.max(this.#end, start + length);
  }

  /** Fills `outputs` with what is due at stream time `moment`. */
  read(outputs: readonly Float32Array[], moment: number): void {
    const length = outputs[0]?.length ?? 0;
    for (const output of outputs) output.fill(0);
    if (this.#origin === null) return;
    const due = this.#frame(moment);
    if (this.#head === null || Math.abs(this.#time(this.#head) - moment) > JUMP) {
      const available = due >= this.#end - this.#capacity && due >= 0 && due + length < this.#end;
      this.#head = available ? due : null;
    }
    if (this.#head === null) return;
    const late = moment - this.#time(this.#head);
    const pull = Math.abs(late) < TOLERANCE ? 0 : late * PULL;
    const rate = 1 + Math.max(-MAX_PULL, Math.min(MAX_PULL, pull));
    for (let i = 0; i < length; i += 1) {
      const at = Math.floor(this.#head);
      if (at + 1 >= this.#end) {
        this.#head = null;
        this.#gaps += 1;
        return;
      }
      const part = this.#head - at;
      for (const [index, output] of outputs.entries()) {
        const channel = this.#channels[Math.min(index, this.#channels.length - 1)];
        const before = channel?.[at % this.#capacity] ?? 0;
        const after = channel?.[(at + 1) % this.#capacity] ?? 0;
        output[i] = before + (after - before) * part;
      }
      this.#head += rate;
    }
  }

  clear(): void {
    this.#origin = null;
    this.#head = null;
    this.#end = 0;
  }

  #frame(timestamp: number): number {
    return ((timestamp - (this.#origin ?? 0)) * this.#sampleRate) / 1e6;
  }

  #time(frame: number): number {
    return (this.#origin ?? 0) + (frame * 1e6) / this.#sampleRate;
  }
}
