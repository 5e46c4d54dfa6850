/** Shows one element of the page around the meeting to the others, as a screen. */

import { effect, signal, untracked } from "@preact/signals";
import { randomName } from "../../shared/random";
import { RefusedError } from "../../shared/refused-error";
import { captureElement, type ElementTarget } from "../media/element-capture";
import type { LocalMedia } from "../media/media";
import type { SourceClosing } from "./sources";

/** An element that a program wants to show; the user decides, as browsers require their click. */
interface Offer {
  stream: string;
  title: string;
  target: ElementTarget;
}

export class ElementShare {
  /** What waits for the user's decision. */
  readonly offer = signal<Offer | null>(null);
  readonly #media: LocalMedia;
  readonly #onClosed: (closing: SourceClosing) => void;
  #target: ElementTarget | null = null;
  #shown: { stream: string; track: MediaStreamTrack; unfollow: () => void } | null = null;

  constructor(media: LocalMedia, onClosed: (closing: SourceClosing) => void) {
    this.#media = media;
    this.#onClosed = onClosed;
  }

  /** The page around the meeting names the element that it asks for next. */
  name(target: ElementTarget): void {
    this.#target = target;
  }

  /** Asks the user to show the named element; what happens is told by the name of its stream. */
  ask(title: string): { stream: string } {
    const target = this.#target;
    this.#target = null;
    if (!target) {
      throw new RefusedError(
        "unsupported",
        "This browser cannot show one output of a page: Chrome and Edge can, from version 132 on, on a computer.",
      );
    }
    this.decline("Another output is to be shown.");
    const stream = randomName();
    this.offer.value = { stream, title, target };
    return { stream };
  }

  decline(message = "It was declined in the meeting."): void {
    const offer = this.offer.peek();
    this.offer.value = null;
    if (offer) this.#tell(offer.stream, message);
  }

  /** Call it from the user's click. Rejects with a `RefusedError` if nothing is shown. */
  async accept(): Promise<void> {
    const offer = this.offer.peek();
    this.offer.value = null;
    if (!offer) return;
    const { stream, title, target } = offer;
    try {
      this.#show(stream, title, await captureElement(target));
    } catch (error) {
      this.#tell(stream, error instanceof Error ? error.message : "It could not be shown.");
      throw error;
    }
  }

  /** Ends what is shown, and what is offered; with a stream's name, only that. */
  end(message: string, stream: string | null = null): void {
    const ends = (one: { stream: string } | null): boolean =>
      one !== null && (stream === null || one.stream === stream);
    if (ends(this.offer.peek())) this.decline(message);
    const shown = this.#shown;
    if (!shown || !ends(shown)) return;
    this.#forget(message);
    if (this.#media.screen.peek() === shown.track) this.#media.sharing.stop();
  }

  #show(stream: string, title: string, track: MediaStreamTrack): void {
    this.#media.sharing.show({ video: track, sound: null, title });
    this.#shown = { stream, track, unfollow: () => {} };
    this.#shown.unfollow = effect(() => {
      if (this.#media.screen.value === track) return;
      untracked(() => this.#forget("Its sharing was stopped in the meeting."));
    });
  }

  #forget(message: string): void {
    const shown = this.#shown;
    this.#shown = null;
    if (!shown) return;
    shown.unfollow();
    this.#tell(shown.stream, message);
  }

  #tell(stream: string, message: string): void {
    this.#onClosed({ use: "screen", stream, message, failed: false });
  }
}
