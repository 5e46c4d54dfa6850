/** What this participant shares as a screen: a screen, or what a program shows. */

import { computed, signal } from "@preact/signals";
import { RefusedError } from "../../shared/refused-error";
import { displayFailure } from "./display-failure";
import { refusalOf } from "./permissions";

/** The screen share request (W3C Screen Capture); browsers ignore options that they lack. */
const SHARED: DisplayMediaStreamOptions & Record<string, unknown> = {
  video: { frameRate: { max: 15 } },
  // Music and films, not a voice: disable all processing. Exclude this page's own audio, the other
  // participants.
  audio: {
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
    restrictOwnAudio: true,
  } as MediaTrackConstraints,
  systemAudio: "include",
  selfBrowserSurface: "exclude",
  surfaceSwitching: "include",
};

/** What is shared. */
export interface Shared {
  video: MediaStreamTrack;
  /** Null if it has no sound. */
  sound: MediaStreamTrack | null;
  /** What it shows, for the label of its tile; null for a screen. */
  title: string | null;
}

export class ScreenShare {
  readonly #shared = signal<Shared | null>(null);
  readonly video = computed(() => this.#shared.value?.video ?? null);
  readonly sound = computed(() => this.#shared.value?.sound ?? null);
  readonly title = computed(() => this.#shared.value?.title ?? null);

  /** Whether a screen is shared, and not what a program shows. */
  get picked(): boolean {
    return this.#shared.value?.title === null;
  }

  /**
   * Lets the user choose a screen, and shares it in place of what is shared now. Does nothing if
   * they dismiss the browser's dialog, or `wanted` is false by then.
   */
  async pick(wanted: () => boolean): Promise<void> {
    const stream = await choose();
    const [video] = stream?.getVideoTracks() ?? [];
    if (!video) return;
    const [sound = null] = stream?.getAudioTracks() ?? [];
    if (!wanted()) {
      video.stop();
      sound?.stop();
      return;
    }
    video.contentHint = "detail";
    if (sound) sound.contentHint = "music";
    this.show({ video, sound, title: null });
  }

  /** Shares this in place of what is shared now. */
  show(shared: Shared): void {
    shared.video.addEventListener("ended", () => {
      if (this.#shared.peek()?.video === shared.video) this.stop();
    });
    const before = this.#shared.peek();
    this.#shared.value = shared;
    end(before);
  }

  /** The sound of what is shared began later than its picture. */
  addSound(video: MediaStreamTrack, sound: MediaStreamTrack): void {
    const shared = this.#shared.peek();
    if (shared?.video === video) this.#shared.value = { ...shared, sound };
  }

  stop(): void {
    const shared = this.#shared.peek();
    this.#shared.value = null;
    end(shared);
  }
}

function end(shared: Shared | null): void {
  shared?.video.stop();
  shared?.sound?.stop();
}

async function choose(): Promise<MediaStream | null> {
  const refusal = refusalOf("display-capture");
  if (refusal)
    throw new RefusedError(`screen_${refusal}`, `The screen cannot be shared: ${refusal}`);
  try {
    return await navigator.mediaDevices.getDisplayMedia(SHARED);
  } catch (error) {
    const failure = displayFailure(error);
    if (failure === null) return null;
    throw failure;
  }
}
