/** A track of what is drawn on a canvas, for browsers that cannot write pictures into a track. */

export class DrawnTrack {
  readonly track: MediaStreamTrack;
  readonly #canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;

  /** Throws if the browser does not support it. */
  constructor() {
    const context = this.#canvas.getContext("2d", { alpha: false });
    const [track] = this.#canvas.captureStream().getVideoTracks();
    if (!context || !track) throw new Error("this browser cannot make a track of a canvas");
    this.#context = context;
    this.track = track;
  }

  show(picture: VideoFrame): void {
    const { displayWidth: width, displayHeight: height } = picture;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#context.drawImage(picture, 0, 0);
    picture.close();
  }

  close(): void {
    this.track.stop();
  }
}
