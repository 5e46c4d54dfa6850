/** Detects who is speaking. Uses timers: pages in the background get no animation frames. */

import { signal } from "@preact/signals";
import { SpeakerDetector } from "./speakers";

const INTERVAL = 150;

export class Levels {
  readonly speaking = signal<ReadonlySet<string>>(new Set());
  readonly dominant = signal<string | null>(null);
  readonly #detector = new SpeakerDetector();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(levels: () => ReadonlyMap<string, number>) {
    this.#timer = setInterval(() => {
      const { speaking, dominant } = this.#detector.update(levels(), performance.now());
      if (!same(speaking, this.speaking.value)) this.speaking.value = speaking;
      this.dominant.value = dominant;
    }, INTERVAL);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** The level of the own microphone: without peer connections, none measures it. */
export class MicrophoneMeter {
  #context: AudioContext | null = null;
  #source: MediaStreamAudioSourceNode | null = null;
  #analyser: AnalyserNode | null = null;
  #samples = new Float32Array(0);

  listen(track: MediaStreamTrack | null): void {
    this.#source?.disconnect();
    this.#source = null;
    if (!track) return;
    this.#context ??= new AudioContext();
    if (!this.#analyser) {
      this.#analyser = this.#context.createAnalyser();
      this.#analyser.fftSize = 1024;
      this.#samples = new Float32Array(this.#analyser.fftSize);
    }
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
    this.wake();
  }

  /** Browsers allow audio processing after a user gesture. */
  wake(): void {
    if (this.#context?.state === "suspended") void this.#context.resume().catch(() => {});
  }

  /** From 0 to 1; 0 until the browser allows audio processing. */
  level(): number {
    if (!this.#source || !this.#analyser) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0);
    return Math.sqrt(power / this.#samples.length);
  }

  close(): void {
    this.listen(null);
    void this.#context?.close();
    this.#context = null;
    this.#analyser = null;
  }
}

function same(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id));
}
