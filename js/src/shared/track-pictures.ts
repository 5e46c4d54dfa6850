/** Takes single pictures of a video track, in browsers that do not transfer its frames to a Worker. */

export class TrackPictures {
  readonly #video = document.createElement("video");

  constructor(track: MediaStreamTrack) {
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = new MediaStream([track]);
    void this.#video.play().catch(() => {
      // Closed meanwhile.
    });
  }

  /** The current picture; null while there is none. */
  next(): VideoFrame | null {
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    return new VideoFrame(this.#video, { timestamp: performance.now() * 1000 });
  }

  close(): void {
    this.#video.srcObject = null;
  }
}
