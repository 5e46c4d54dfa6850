/** Sends one camera or microphone to a program: the half outside the Worker. */

import { TrackPictures } from "../shared/track-pictures";
import type { FromTap, TapOpen, ToTap } from "./tap-messages";

export interface TapOptions extends Omit<TapOpen, "type"> {
  /** The URL of `tap.js`. */
  workerUrl: string;
  /** Called once if it ends without `close`; `unable`: this browser does not encode it. */
  onEnded: (unable: boolean) => void;
}

/**
 * It reads the track itself, not a clone, so that a microphone muted in the room is muted here, too. It
 * never stops a track.
 */
export class Tap {
  readonly #media: TapOpen["media"];
  readonly #worker: Worker;
  #track: MediaStreamTrack | null = null;
  #pictures: TrackPictures | null = null;

  /** Whether this browser can send it. */
  static supports(media: TapOpen["media"]): boolean {
    const needs =
      media === "audio"
        ? ["AudioEncoder", "MediaStreamTrackProcessor"]
        : ["VideoEncoder", "VideoFrame", "OffscreenCanvas"];
    return needs.every((name) => name in globalThis);
  }

  constructor({ workerUrl, onEnded, ...open }: TapOptions) {
    this.#media = open.media;
    this.#worker = new Worker(workerUrl, { name: "tap" });
    const ended = (unable: boolean): void => {
      this.close();
      onEnded(unable);
    };
    this.#worker.onerror = () => ended(true);
    this.#worker.onmessage = ({ data }: MessageEvent<FromTap>) => {
      if (data.type === "ended") ended(data.unable);
      else this.#answer();
    };
    this.#post({ type: "open", ...open });
  }

  /** Sends this track from now on; null for black, or for silence. */
  setTrack(track: MediaStreamTrack | null): void {
    const usable = track?.readyState === "live" ? track : null;
    if (usable === this.#track) return;
    this.#track = usable;
    this.#pictures?.close();
    this.#pictures = null;
    if (usable === null) this.#post({ type: "off" });
    else if (this.#media === "audio") {
      const track = usable as MediaStreamAudioTrack;
      // Queued sound is late but placed correctly; dropped sound is lost.
      const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 100 });
      this.#post({ type: "sound", readable }, [readable]);
    } else if ("MediaStreamTrackProcessor" in globalThis) {
      const track = usable as MediaStreamVideoTrack;
      const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
      this.#post({ type: "pictures", readable }, [readable]);
    } else {
      this.#pictures = new TrackPictures(usable);
      this.#post({ type: "asking" });
    }
  }

  close(): void {
    this.#worker.terminate();
    this.#pictures?.close();
    this.#pictures = null;
  }

  #answer(): void {
    const picture = this.#pictures?.next() ?? null;
    this.#post({ type: "picture", picture }, picture ? [picture] : []);
  }

  #post(message: ToTap, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
