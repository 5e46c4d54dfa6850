/** Decodes the audio of a stream. */

import type { Frame } from "./frames";

export class SoundDecoder {
  readonly #onSound: (data: AudioData) => void;
  #decoder: AudioDecoder | null = null;
  #config: AudioDecoderConfig | null = null;

  /** `onSound` closes what it gets. */
  constructor(onSound: (data: AudioData) => void) {
    this.#onSound = onSound;
  }

  configure(config: AudioDecoderConfig): void {
    this.#config = config;
    this.restart();
  }

  decode(frame: Frame): void {
    if (this.#decoder?.state !== "configured") this.restart();
    this.#decoder?.decode(
      new EncodedAudioChunk({
        type: "key",
        timestamp: frame.timestamp,
        duration: frame.duration,
        data: frame.payload,
      }),
    );
  }

  /** Drops what is being decoded. */
  restart(): void {
    this.close();
    if (this.#config === null) return;
    this.#decoder = new AudioDecoder({
      output: this.#onSound,
      // Closed by its error; the next packet opens a new one.
      error: () => undefined,
    });
    this.#decoder.configure(this.#config);
  }

  close(): void {
    if (this.#decoder !== null && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = null;
  }
}
