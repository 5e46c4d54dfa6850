/** The virtual background: while one is selected, no image of the real room leaves this class. */

import { type Signal, signal } from "@preact/signals";
import { type BackgroundChoice, backdropOf, choiceOf, ownPicture } from "./background-choice";
import { BackgroundLoad } from "./background-load";
import { BackgroundTrack } from "./background-track";
import type { Capture } from "./camera";
import type { MediaMemory } from "./memory";

export type BackgroundState = "off" | "starting" | "on";

export interface BackgroundOptions {
  memory: Pick<MediaMemory, "background" | "picture">;
  /** This track's frames have stopped: the background failed. */
  onFailed(track: MediaStreamTrack): void;
  /** The camera's ceiling; null for none. */
  onCeiling(ceiling: Capture | null): void;
}

export class Background {
  readonly choice: Signal<BackgroundChoice>;
  /** The user's own image, as a `data:` URL. */
  readonly own: Signal<string | null>;
  readonly state = signal<BackgroundState>("off");
  /** Whether this machine is too slow for the camera's best quality. */
  readonly slow = signal(false);
  readonly #options: BackgroundOptions;
  #running: BackgroundTrack | null = null;
  #load = new BackgroundLoad();

  constructor(options: BackgroundOptions) {
    this.#options = options;
    const { background, picture } = options.memory;
    const own = picture.load();
    this.own = signal(own);
    this.choice = signal(choiceOf(background.load(), own));
  }

  /** Whether the camera's own frames must be withheld. */
  get wanted(): boolean {
    return this.choice.value !== "none";
  }

  /** Selects a background; while frames are being processed, call `cover` or `change` next. */
  choose(choice: BackgroundChoice): void {
    this.choice.value = choice;
    this.#options.memory.background.save(choice === "none" ? null : choice);
  }

  /** Stores a user's image; rejects if the file is not an image. */
  async take(source: Blob | string): Promise<void> {
    const picture = await ownPicture(source);
    this.own.value = picture;
    this.#options.memory.picture.save(picture);
  }

  /**
   * Returns a track that hides the camera's background. Rejects if that fails: then nothing may be
   * shown.
   */
  async cover(camera: MediaStreamTrack): Promise<MediaStreamTrack> {
    this.release();
    const { value: choice } = this.choice;
    if (choice === "none") return camera;
    this.state.value = "starting";
    try {
      const running = await BackgroundTrack.open(camera, await backdropOf(choice, this.own.value), {
        onFailed: () => this.#failed(running),
        onEffort: (each) => this.#measure(running, each),
      });
      this.#running = running;
    } catch (error) {
      this.state.value = "off";
      throw error;
    }
    this.state.value = "on";
    return this.#running.track;
  }

  /**
   * Changes the backdrop of the running track; false if none is running. Rejects if the image
   * cannot be read.
   */
  async change(choice: Exclude<BackgroundChoice, "none">): Promise<boolean> {
    if (!this.#running) return false;
    const running = this.#running;
    const backdrop = await backdropOf(choice, this.own.value);
    if (this.#running !== running) return false;
    running.backdrop = backdrop;
    return true;
  }

  /** Stops processing frames. */
  release(): void {
    this.#running?.close();
    this.#running = null;
    this.state.value = "off";
    this.#load = new BackgroundLoad();
    this.#tellLoad();
  }

  #failed(running: BackgroundTrack): void {
    if (this.#running !== running) return;
    this.release();
    this.#options.onFailed(running.track);
  }

  #measure(running: BackgroundTrack, each: number): void {
    if (this.#running !== running) return;
    const { frameRate = 30 } = running.camera.getSettings();
    if (this.#load.report(each, frameRate)) this.#tellLoad();
  }

  #tellLoad(): void {
    if (this.slow.value === this.#load.slow && !this.#load.slow) return;
    this.slow.value = this.#load.slow;
    this.#options.onCeiling(this.#load.ceiling);
  }
}
