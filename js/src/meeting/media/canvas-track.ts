/** A track of a canvas, for browsers that hand a Worker no pictures of a track: the page carries each. */

export class CanvasTrack {
  readonly track: MediaStreamTrack;
  readonly #video = document.createElement("video");
  readonly #canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;

  /** Throws where a browser has no such thing. */
  constructor(camera: MediaStreamTrack) {
    const context = this.#canvas.getContext("2d", { alpha: false });
    const [track] = this.#canvas.captureStream().getVideoTracks();
    if (!context || !track || !("VideoFrame" in globalThis)) {
      throw new Error("this browser cannot change a camera's pictures");
    }
    this.#context = context;
    this.track = track;
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = new MediaStream([camera]);
    void this.#video.play().catch(() => {
      // Closed meanwhile.
    });
  }

  /** What the camera sees now; null while it shows nothing. */
  picture(): VideoFrame | null {
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    return new VideoFrame(this.#video, { timestamp: performance.now() * 1000 });
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
    this.#video.srcObject = null;
    this.track.stop();
  }
}
