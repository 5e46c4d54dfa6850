/**
 * Resamples audio seamlessly, block by block, with a cubic curve through the four samples around
 * each point (Catmull-Rom). Pure.
 */

/** The number of the last block's samples that precede the next one. */
const TAIL = 3;

export class Resampler {
  #tails: Float32Array[] = [];
  /** The next sample's position after the tail's second sample, in samples. */
  #phase = 0;

  /**
   * Resamples a block of all channels; `step`: the distance between new samples, in old samples.
   */
  resample(channels: readonly Float32Array[], step: number): Float32Array[] {
    const length = channels[0]?.length ?? 0;
    const first = 1 + this.#phase;
    // The last one still has two samples after it.
    const count = Math.max(0, Math.ceil((length + 1 - first) / step));
    const resampled = channels.map((samples, index) => {
      const known = new Float32Array(TAIL + length);
      known.set(this.#tails[index] ?? []);
      known.set(samples, TAIL);
      return interpolate(known, first, step, count);
    });
    this.#tails = channels.map((samples, index) => {
      const known = [...(this.#tails[index] ?? new Float32Array(TAIL)), ...samples.slice(-TAIL)];
      return Float32Array.from(known.slice(-TAIL));
    });
    this.#phase = first + count * step - length - 1;
    return resampled;
  }
}

function interpolate(known: Float32Array, first: number, step: number, count: number) {
  const curve = new Float32Array(count);
  for (let i = 0; i < count; i += 1) {
    const at = first + i * step;
    const index = Math.floor(at);
    const part = at - index;
    const a = known[index - 1] ?? 0;
    const b = known[index] ?? 0;
    const c = known[index + 1] ?? 0;
    const d = known[index + 2] ?? 0;
    curve[i] =
      b + (part / 2) * (c - a + part * (2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a)));
  }
  return curve;
}
