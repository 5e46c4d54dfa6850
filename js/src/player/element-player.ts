/** What the ways of playing a stream by a video element have in common. */

import { Follower, type PlayerOptions, type StreamPlayer } from "./stream-player";
import type { Watched } from "./watch-socket";

export abstract class ElementPlayer extends Follower implements StreamPlayer {
  protected readonly video: HTMLVideoElement;
  /** Whether what is live is followed, and not a place behind it. */
  protected following = true;
  /** Seconds that what is live is held back by. */
  protected readonly held: number = 0;

  /** `every`: milliseconds after which the figures are brought up to date. */
  constructor(
    video: HTMLVideoElement,
    options: PlayerOptions,
    format: Watched["format"],
    every: number,
  ) {
    super(options, format);
    this.video = video;
    video.playsInline = true;
    const update = setInterval(() => this.update(), every);
    this.end.signal.addEventListener("abort", () => clearInterval(update));
  }

  pause(): void {
    this.paused.value = true;
    this.following = false;
    this.video.pause();
  }

  play(): void {
    this.paused.value = false;
    this.start();
  }

  seek(behind: number): void {
    this.paused.value = false;
    this.following = behind === 0;
    const { start, end } = this.range();
    this.video.currentTime = Math.max(start, end - Math.max(behind, this.held));
    this.start();
  }

  override close(): void {
    super.close();
    this.restart();
  }

  abstract setVolume(volume: number): void;

  abstract allowSound(): void;

  /** Plays, unless it is paused or there is nothing to play. */
  protected abstract start(): void;

  protected abstract update(): void;

  /** What one can go to, in the element's time. */
  protected abstract range(): { start: number; end: number };
}
