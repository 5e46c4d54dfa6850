/** Reads all participants' audio and outputs the mix, which continues through silence. */

import { now } from "./clock";
import { CHANNELS, Mix, type Mixed, SAMPLE_RATE } from "./mix";

/** How often to check for a block that is due without a new arrival. */
const CHECK_MS = 5;

export class Voices {
  readonly #mix: Mix;
  readonly #readers = new Map<number, ReadableStreamDefaultReader<AudioData>>();
  readonly #onMixed: (mixed: Mixed) => void;
  readonly #isHushed: () => boolean;
  readonly #signal: AbortSignal;

  /** `block`: microseconds of audio per output block. Runs until `signal` aborts. */
  constructor(options: {
    block: number;
    isHushed: () => boolean;
    onMixed: (mixed: Mixed) => void;
    signal: AbortSignal;
  }) {
    this.#mix = new Mix(now(), (options.block * SAMPLE_RATE) / 1e6);
    this.#onMixed = options.onMixed;
    this.#isHushed = options.isHushed;
    this.#signal = options.signal;
    const timer = setInterval(() => this.#hand(), CHECK_MS);
    options.signal.addEventListener("abort", () => {
      clearInterval(timer);
      for (const voice of [...this.#readers.keys()]) this.close(voice);
    });
  }

  async add(voice: number, readable: ReadableStream<AudioData>): Promise<void> {
    const reader = readable.getReader();
    this.#readers.set(voice, reader);
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      if (this.#readers.get(voice) === reader) {
        this.#mix.write(voice, planes(value), value.sampleRate, now());
        this.#hand();
      }
      value.close();
    }
    if (this.#readers.get(voice) === reader) this.close(voice);
  }

  close(voice: number): void {
    // The read loop ends either way; a microphone that is already closed has nothing to cancel.
    void this.#readers
      .get(voice)
      ?.cancel()
      .catch(() => undefined);
    this.#readers.delete(voice);
    this.#mix.end(voice);
  }

  #hand(): void {
    if (this.#signal.aborted) return;
    for (let mixed = this.#mix.take(now()); mixed !== null; mixed = this.#mix.take(now())) {
      if (this.#isHushed()) mixed.samples.fill(0);
      this.#onMixed(mixed);
    }
  }
}

function planes(data: AudioData): Float32Array[] {
  const count = Math.min(CHANNELS, data.numberOfChannels);
  return Array.from({ length: count }, (_, planeIndex) => {
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex, format: "f32-planar" });
    return samples;
  });
}
