/** The open camera: delivers frames no larger than shown, and blurs the background if it can. */

import { signal } from "@preact/signals";

export type Blur = "unavailable" | "off" | "on";

/** Media Capture Extensions, which TypeScript's DOM library lacks. */
interface BlurSetting {
  backgroundBlur?: boolean;
}
interface BlurRange {
  backgroundBlur?: readonly boolean[];
}

/**
 * Delay before requesting a smaller size: a camera that changes its mode may be dark for a moment.
 */
const SHRINK_AFTER = 5_000;

/** What the camera should deliver. */
export interface Capture {
  /** The frame height in lines. */
  height: number;
  framerate: number;
}

export class CameraControl {
  readonly blur = signal<Blur>("unavailable");
  /** Incremented when the camera's frame size changes. */
  readonly resized = signal(0);
  #track: MediaStreamTrack | null = null;
  #asked: Capture | null = null;
  /** The upper limit, whatever is requested. */
  #ceiling: Capture | null = null;
  #applied: Capture | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #owner = new AbortController();

  /** Takes over an opened camera; null when it is closed. */
  use(track: MediaStreamTrack | null): void {
    if (track === this.#track) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#owner.abort();
    this.#owner = new AbortController();
    this.#track = track;
    this.#applied = null;
    this.#readBlur();
    if (!track) return;
    // The system's own camera menu may switch the blur, too.
    const { signal: ended } = this.#owner;
    track.addEventListener("configurationchange", () => this.#readBlur(), { signal: ended });
    // A turned phone turns its camera's pictures: they keep their new shape, and are scaled by their new height.
    globalThis.screen?.orientation?.addEventListener("change", () => void this.#turned(), {
      signal: ended,
    });
    this.#applyWanted();
  }

  /** Requests a larger size at once, a smaller one after a delay. */
  setCapture(asked: Capture): void {
    this.#asked = asked;
    this.#applyWanted();
  }

  /** Limits the size because processing on this machine is slow; null for no limit. */
  setCeiling(ceiling: Capture | null): void {
    this.#ceiling = ceiling;
    this.#applyWanted();
  }

  get #wanted(): Capture | null {
    const [asked, ceiling] = [this.#asked, this.#ceiling];
    if (!asked || !ceiling) return asked ?? ceiling;
    return {
      height: Math.min(asked.height, ceiling.height),
      framerate: Math.min(asked.framerate, ceiling.framerate),
    };
  }

  #applyWanted(): void {
    const wanted = this.#wanted;
    const applied = this.#applied;
    if (!this.#track || !wanted) return;
    if (applied && same(applied, wanted)) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      return;
    }
    const grows =
      applied && (wanted.height > applied.height || wanted.framerate > applied.framerate);
    if (grows) void this.#apply();
    else this.#timer ??= setTimeout(() => void this.#apply(), SHRINK_AFTER);
  }

  /** Resolves when the camera has switched; rejects if it cannot. */
  async setBlur(on: boolean): Promise<void> {
    if (!this.#track || this.blur.value === "unavailable") {
      throw new DOMException("This camera cannot blur what is behind you.", "NotSupportedError");
    }
    await this.#constrain({ backgroundBlur: on });
    this.#readBlur();
  }

  async #apply(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const wanted = this.#wanted;
    if (!wanted || !this.#track) return;
    this.#applied = wanted;
    const blur = this.blur.value;
    await this.#constrain(blur === "unavailable" ? {} : { backgroundBlur: blur === "on" });
    this.resized.value += 1;
  }

  /** Constraints replace all previous ones: always pass the full set. */
  async #constrain(blur: BlurSetting): Promise<void> {
    const capture = this.#applied ?? this.#wanted;
    const { width, height } = this.#track?.getSettings() ?? {};
    const shape = width && height ? width / height : 16 / 9;
    const size = capture && {
      width: { ideal: Math.round(capture.height * shape) },
      height: { ideal: capture.height },
      frameRate: { ideal: capture.framerate, max: Math.max(30, capture.framerate) },
    };
    await this.#track?.applyConstraints({ ...size, ...blur } as MediaTrackConstraints);
  }

  async #turned(): Promise<void> {
    if (this.#applied) await this.#apply();
    else this.resized.value += 1;
  }

  #readBlur(): void {
    const track = this.#track;
    // Older browsers lack getCapabilities.
    const range = track?.getCapabilities?.() as BlurRange | undefined;
    const offered = range?.backgroundBlur ?? [];
    if (!track || !offered.includes(true)) this.blur.value = "unavailable";
    else this.blur.value = (track.getSettings() as BlurSetting).backgroundBlur ? "on" : "off";
  }
}

function same(a: Capture, b: Capture): boolean {
  return a.height === b.height && a.framerate === b.framerate;
}
