/** Where a program's pictures are shown: as a shared screen, or in place of the camera. */

import { effect, untracked } from "@preact/signals";
import type { LocalMedia } from "../media/media";
import type { PlayedStream } from "../media/played-stream";

/** A stream that this page plays for a place. */
export interface PlayedSource {
  readonly stream: string;
  readonly title: string;
  readonly played: PlayedStream;
  /** Whether the page has just learned of it, and does not know what others have seen so far. */
  readonly found: boolean;
}

export interface SourcePlace {
  /** It will be shown from its first picture on. */
  expect(source: PlayedSource): void;
  /** Shows it in place of what is shown now. */
  show(source: PlayedSource): void;
  /** Shows what would be shown without it; nothing if it failed. */
  hide(source: PlayedSource, failed: boolean): void;
  /** The same for a source that this page has not played. */
  clear(failed: boolean): void;
  /** Calls `onReplaced` when what was shown no longer is, because something else is, or nothing. */
  watch(shown: () => PlayedSource | null, onReplaced: (by: "screen" | null) => void): () => void;
}

/** As a screen share, which moves. */
export class ScreenPlace implements SourcePlace {
  readonly #media: LocalMedia;
  #unlisten = (): void => {};

  constructor(media: LocalMedia) {
    this.#media = media;
  }

  expect(): void {
    // What is shared goes on until there is another picture.
  }

  show({ played, title }: PlayedSource): void {
    const { sharing } = this.#media;
    const { video, sound } = played;
    video.contentHint = "motion";
    this.#unlisten();
    sharing.show({ video, sound: null, title });
    this.#unlisten = effect(() => {
      const track = sound.value;
      if (!track) return;
      track.contentHint = "music";
      untracked(() => sharing.addSound(video, track));
    });
  }

  hide({ played }: PlayedSource): void {
    if (this.#media.screen.peek() !== played.video) return;
    this.#unlisten();
    this.#media.sharing.stop();
  }

  clear(): void {
    // Nothing of it is shown.
  }

  watch(shown: () => PlayedSource | null, onReplaced: (by: "screen" | null) => void): () => void {
    return effect(() => {
      const now = this.#media.screen.value;
      untracked(() => {
        const source = shown();
        if (source && source.played.video !== now) onReplaced(now ? "screen" : null);
      });
    });
  }
}

/** In place of the camera, while that is on. */
export class CameraPlace implements SourcePlace {
  readonly #media: LocalMedia;
  #expected: PlayedSource | null = null;

  constructor(media: LocalMedia) {
    this.#media = media;
  }

  expect(source: PlayedSource): void {
    this.#expected = source;
    // Others may have seen the changed picture before this page was reloaded.
    if (source.found || this.#media.camera.peek() === null) this.show(source);
  }

  show({ played }: PlayedSource): void {
    this.#expected = null;
    this.#media.substitute(played.video);
  }

  hide(source: PlayedSource, failed: boolean): void {
    if (this.#expected === source) this.#expected = null;
    this.clear(failed);
  }

  clear(failed: boolean): void {
    // Others must not see by surprise what the program was to change.
    if (failed) void this.#media.setCamera(false);
    this.#media.substitute(null);
  }

  /** Whether the camera is on is the user's business: the program goes on either way. */
  watch(): () => void {
    return effect(() => {
      // A camera that is switched on from now on shows the changed picture only.
      if (this.#media.camera.value !== null) return;
      untracked(() => {
        if (this.#expected) this.show(this.#expected);
      });
    });
  }
}
