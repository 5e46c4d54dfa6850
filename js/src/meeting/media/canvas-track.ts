/**
 * A canvas track of changed camera pictures, for browsers that cannot transfer a track's frames to a
 * Worker: the page copies each frame.
 */

import { DrawnTrack } from "./drawn-track";

export class CanvasTrack {
  readonly #video = document.createElement("video");
  readonly #drawn: DrawnTrack;

  /** Throws if the browser does not support it. */
  constructor(camera: MediaStreamTrack) {
    if (!("VideoFrame" in globalThis)) {
      throw new Error("this browser cannot change a camera's pictures");
    }
    this.#drawn = new DrawnTrack();
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = new MediaStream([camera]);
    void this.#video.play().catch(() => {
      // Closed meanwhile.
    });
  }

  get track(): MediaStreamTrack {
    return this.#drawn.track;
  }

  /** The camera's current frame; null while it delivers none. */
  picture(): VideoFrame | null {
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    return new VideoFrame(this.#video, { timestamp: performance.now() * 1000 });
  }

  show(picture: VideoFrame): void {
    this.#drawn.show(picture);
  }

  close(): void {
    this.#video.srcObject = null;
    this.#drawn.close();
  }
}
