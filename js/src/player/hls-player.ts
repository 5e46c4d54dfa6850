/**
 * Plays one stream with the browser's own HLS player, for phones that have neither WebCodecs for
 * audio nor Media Source Extensions. It plays what `server/broadcast/hls.py` packages; the socket
 * reports the stream's state.
 */

import { ElementPlayer } from "./element-player";
import { NO_FIGURES, type PlayerOptions } from "./stream-player";
import { playing } from "./video";

const PLAYLIST = "application/vnd.apple.mpegurl";
const UPDATE_MS = 250;
/** The delay before a failed source is retried, and the number of retries. */
const AGAIN_MS = 1_000;
const ATTEMPTS = 5;

export class HlsPlayer extends ElementPlayer {
  readonly #url: string;
  #frames = 0;
  #failures = 0;
  #volume = 1;
  #retry: ReturnType<typeof setTimeout> | undefined;

  static supported(): boolean {
    return document.createElement("video").canPlayType(PLAYLIST) !== "";
  }

  constructor(video: HTMLVideoElement, url: string, options: PlayerOptions) {
    super(video, options, "state", UPDATE_MS);
    this.#url = url;
    const { signal } = this.end;
    video.addEventListener("error", () => this.#failed(), { signal });
    // Browsers disagree on what `getVideoPlaybackQuality` counts in HLS playback.
    let counting = 0;
    const count = () => {
      this.#frames += 1;
      counting = video.requestVideoFrameCallback(count);
    };
    counting = video.requestVideoFrameCallback(count);
    signal.addEventListener("abort", () => video.cancelVideoFrameCallback(counting));
    signal.addEventListener(
      "abort",
      this.state.subscribe((state) => {
        if (state === "live") this.#open();
      }),
    );
  }

  setVolume(volume: number): void {
    this.#volume = volume;
    this.video.volume = volume;
    // On phones only the hardware keys change the volume.
    this.video.muted = volume === 0;
  }

  allowSound(): void {
    this.video.muted = this.#volume === 0;
    this.start();
  }

  /** For this player the socket carries only states. */
  protected receive(): void {}

  protected restart(): void {
    clearTimeout(this.#retry);
    this.#failures = 0;
    const video = this.video;
    if (!video.src) return;
    video.removeAttribute("src");
    video.load();
  }

  #open(): void {
    this.video.src = this.#url;
    this.following = true;
    this.start();
  }

  protected start(): void {
    if (!this.paused.value && this.video.src) playing(this.video, () => this.#sounds());
  }

  #sounds(): void {
    this.#failures = 0;
    this.sound.value = this.video.muted && this.#volume > 0 ? "blocked" : "playing";
  }

  /** The playlist does not exist before its first part: retry. */
  #failed(): void {
    if (this.state.value !== "live" || !this.video.src) return;
    this.#failures += 1;
    if (this.#failures >= ATTEMPTS) {
      this.fail({ kind: "codec", message: PLAYLIST });
      return;
    }
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), AGAIN_MS * this.#failures);
  }

  protected update(): void {
    const video = this.video;
    const { start, end } = this.range();
    this.figures.value = {
      ...NO_FIGURES,
      level: null,
      frames: this.#frames,
      width: video.videoWidth,
      height: video.videoHeight,
      behind: this.following ? 0 : Math.max(0, end - video.currentTime),
      kept: end - start,
    };
  }

  /** The seekable range, as the browser reports it. */
  protected range(): { start: number; end: number } {
    const { seekable } = this.video;
    if (seekable.length === 0) return { start: 0, end: 0 };
    return { start: seekable.start(0), end: seekable.end(seekable.length - 1) };
  }
}
