/** Plays the sound from the ring buffer, on the audio thread. */

import { PROCESSOR, type SoundReport, type ToWorklet } from "./audio-messages";
import { SoundRing } from "./ring";

// The AudioWorklet scope, which TypeScript's DOM library lacks.
declare const currentTime: number;
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new () => AudioWorkletProcessor & {
    process(i: unknown, o: Float32Array[][]): boolean;
  },
): void;

const REPORT_SECONDS = 0.2;

class SoundPlayer extends AudioWorkletProcessor {
  readonly #ring = new SoundRing(sampleRate, 2);
  #shift: number | null = null;
  #energy = 0;
  #samples = 0;
  #reportAt = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<ToWorklet>) => {
      switch (data.type) {
        case "sound":
          this.#ring.write(data.timestamp, data.planes);
          break;
        case "shift":
          this.#shift = data.shift;
          break;
        case "clear":
          this.#ring.clear();
          break;
      }
    };
  }

  process(_inputs: unknown, outputs: Float32Array[][]): boolean {
    const output = outputs[0] ?? [];
    const position = this.#ring.position;
    if (this.#shift !== null) this.#ring.read(output, currentTime * 1e6 + this.#shift);
    for (const sample of output[0] ?? []) this.#energy += sample * sample;
    this.#samples += output[0]?.length ?? 0;
    if (currentTime >= this.#reportAt) this.#report(position);
    return true;
  }

  #report(position: number | null): void {
    const report: SoundReport = {
      contextTime: currentTime,
      position,
      gaps: this.#ring.gaps,
      level: Math.sqrt(this.#energy / Math.max(1, this.#samples)),
    };
    this.port.postMessage(report);
    this.#energy = 0;
    this.#samples = 0;
    this.#reportAt = currentTime + REPORT_SECONDS;
  }
}

registerProcessor(PROCESSOR, SoundPlayer);
