/**
 * A canvas track of changed camera pictures, for browsers that cannot transfer a track's frames to a
 * Worker: the page copies each frame.
 */

import { TrackPictures } from "../../shared/track-pictures";
import { DrawnTrack } from "./drawn-track";

export class CanvasTrack {
  readonly #pictures: TrackPictures;
  readonly #drawn: DrawnTrack;

  /** Throws if the browser does not support it. */
  constructor(camera: MediaStreamTrack) {
    if (!("VideoFrame" in globalThis)) {
      throw new Error("this browser cannot change a camera's pictures");
    }
    this.#drawn = new DrawnTrack();
    this.#pictures = new TrackPictures(camera);
  }

  get track(): MediaStreamTrack {
    return this.#drawn.track;
  }

  /** The camera's current frame; null while it delivers none. */
  picture(): VideoFrame | null {
    return this.#pictures.next();
  }

  show(picture: VideoFrame): void {
    this.#drawn.show(picture);
  }

  close(): void {
    this.#pictures.close();
    this.#drawn.close();
  }
}
