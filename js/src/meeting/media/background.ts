/** What stands behind the person: while one is chosen, nothing of the room itself leaves this class. */

import { type Signal, signal } from "@preact/signals";
import { type BackgroundChoice, backdropOf, choiceOf, ownPicture } from "./background-choice";
import { BackgroundLoad } from "./background-load";
import { BackgroundTrack } from "./background-track";
import type { Capture } from "./camera";
import type { MediaMemory } from "./memory";

export type BackgroundState = "off" | "starting" | "on";

export interface BackgroundOptions {
  memory: Pick<MediaMemory, "background" | "picture">;
  /** This track's pictures have stopped: the background could not go on. */
  onFailed(track: MediaStreamTrack): void;
  /** What the camera shall deliver at most; null for anything. */
  onCeiling(ceiling: Capture | null): void;
}

export class Background {
  readonly choice: Signal<BackgroundChoice>;
  /** The person's own picture, as a `data:` address. */
  readonly own: Signal<string | null>;
  readonly state = signal<BackgroundState>("off");
  /** Whether this machine is too slow for the camera's best pictures. */
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

  /** Whether the camera's own pictures have to be held back. */
  get wanted(): boolean {
    return this.choice.value !== "none";
  }

  /** Chosen from now on; while pictures are being made, `cover` or `change` has to follow. */
  choose(choice: BackgroundChoice): void {
    this.choice.value = choice;
    this.#options.memory.background.save(choice === "none" ? null : choice);
  }

  /** Takes a person's picture; rejects for a file that is none. */
  async take(source: Blob | string): Promise<void> {
    const picture = await ownPicture(source);
    this.own.value = picture;
    this.#options.memory.picture.save(picture);
  }

  /** Returns what may be seen of a camera. Rejects if the background cannot be: then nothing may. */
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

  /** Another backdrop for the pictures that are being made; false if none are. Rejects if it has no picture. */
  async change(choice: Exclude<BackgroundChoice, "none">): Promise<boolean> {
    if (!this.#running) return false;
    const running = this.#running;
    const backdrop = await backdropOf(choice, this.own.value);
    if (this.#running !== running) return false;
    running.backdrop = backdrop;
    return true;
  }

  /** Ends the pictures that are being made. */
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
