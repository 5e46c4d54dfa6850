/** A video track whose pictures this page writes, also while its tab is hidden. */

import { DrawnTrack } from "./drawn-track";

/** What takes the pictures. */
interface Sink {
  readonly track: MediaStreamTrack;
  /** Closes the picture. */
  show(picture: VideoFrame): void;
  close(): void;
}

export class PictureTrack {
  readonly #sink: Sink;
  readonly #onResized: () => void;
  #size: { width: number; height: number } | null = null;

  /** `onResized` is called with the first picture and whenever the pictures change their size. */
  constructor(onResized: () => void) {
    this.#onResized = onResized;
    this.#sink = "MediaStreamTrackGenerator" in globalThis ? written() : new DrawnTrack();
    const settings = this.track.getSettings.bind(this.track);
    // A written track does not know the size of its pictures.
    this.track.getSettings = () => ({ ...settings(), ...this.#size });
  }

  get track(): MediaStreamTrack {
    return this.#sink.track;
  }

  /** Shows a picture, and closes it. */
  show(picture: VideoFrame): void {
    const { displayWidth: width, displayHeight: height } = picture;
    const resized = this.#size?.width !== width || this.#size.height !== height;
    this.#size = { width, height };
    this.#sink.show(picture);
    if (resized) this.#onResized();
  }

  close(): void {
    this.#sink.close();
  }
}

function written(): Sink {
  const track = new MediaStreamTrackGenerator({ kind: "video" });
  const writer = track.writable.getWriter();
  return {
    track,
    show: (picture) => {
      // Newer pictures replace what the browser does not take in time: none waits.
      if ((writer.desiredSize ?? 0) <= 0) picture.close();
      // The track was stopped meanwhile.
      else writer.write(picture).catch(() => picture.close());
    },
    close: () => {
      track.stop();
      void writer.abort().catch(() => {});
    },
  };
}
