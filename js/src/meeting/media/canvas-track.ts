/**
 * A canvas track, for browsers that cannot transfer a track's frames to a Worker: the page copies
 * each frame.
 */

export class CanvasTrack {
  readonly track: MediaStreamTrack;
  readonly #video = document.createElement("video");
  readonly #canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;

  /** Throws if the browser does not support it. */
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

  /** The camera's current frame; null while it delivers none. */
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
