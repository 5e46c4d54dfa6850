/** The common part of the players that use a video element. */

import type { Watched } from "../shared/watch-socket";
import { BaseStreamPlayer, type PlayerOptions, type StreamPlayer } from "./stream-player";

export abstract class ElementPlayer extends BaseStreamPlayer implements StreamPlayer {
  protected readonly video: HTMLVideoElement;
  /** Whether it follows the live edge, not a position behind it. */
  protected following = true;
  /** Seconds that live playback is held back. */
  protected readonly held: number = 0;

  /** `every`: milliseconds between updates of the figures. */
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

  /** The seekable range, in the element's time. */
  protected abstract range(): { start: number; end: number };
}
