/** Decodes the video in time, dropping what it cannot decode fast enough. */

import { CodecWatchdog } from "./codec-watchdog";
import type { Frame } from "./frames";

/** If more than this waits when a keyframe arrives, decoding restarts at the keyframe. */
const MAX_QUEUED = 8;

export class FrameDecoder {
  readonly #onPicture: (picture: VideoFrame) => void;
  #decoder: VideoDecoder | null = null;
  #config: VideoDecoderConfig | null = null;
  #needsKeyframe = true;
  readonly #watchdog = new CodecWatchdog();

  constructor(onPicture: (picture: VideoFrame) => void) {
    this.#onPicture = onPicture;
  }

  configure(config: VideoDecoderConfig): void {
    this.#config = config;
    this.#open();
  }

  decode(frame: Frame): void {
    if (frame.keyframe) {
      const behind = (this.#decoder?.decodeQueueSize ?? 0) > MAX_QUEUED;
      if (behind || this.#watchdog.stuck || this.#decoder?.state !== "configured") this.#open();
      this.#needsKeyframe = false;
    }
    if (this.#needsKeyframe || this.#decoder?.state !== "configured") return;
    this.#watchdog.input();
    this.#decoder.decode(
      new EncodedVideoChunk({
        type: frame.keyframe ? "key" : "delta",
        timestamp: frame.timestamp,
        duration: frame.duration,
        data: frame.payload,
      }),
    );
  }

  close(): void {
    if (this.#decoder !== null && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = null;
  }

  #open(): void {
    this.close();
    if (this.#config === null) return;
    this.#needsKeyframe = true;
    this.#watchdog.output();
    const decoder = new VideoDecoder({
      output: (picture) => {
        if (decoder !== this.#decoder) {
          picture.close();
          return;
        }
        this.#watchdog.output();
        this.#onPicture(picture);
      },
      // Closed by its error; the next keyframe opens a new one.
      error: () => undefined,
    });
    decoder.configure(this.#config);
    this.#decoder = decoder;
  }
}
