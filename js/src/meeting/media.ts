/** One's own microphone, camera and shared screen: what is open, what is on, what is wrong. */

import { computed, signal } from "@preact/signals";
import { acquire, browserCapture, type MediaKind, type Problems } from "./devices";
import {
  type DeviceChoice,
  type DeviceKind,
  rememberDevices,
  rememberedDevices,
} from "./preferences";

const INPUT = { audio: "audioinput", video: "videoinput" } as const;

export class LocalMedia {
  readonly microphone = signal<MediaStreamTrack | null>(null);
  readonly camera = signal<MediaStreamTrack | null>(null);
  readonly screen = signal<MediaStreamTrack | null>(null);
  readonly microphoneOn = signal(false);
  /** What the others shall see. */
  readonly video = computed(() => this.screen.value ?? this.camera.value);
  readonly problems = signal<Problems>({});
  readonly devices = signal<readonly MediaDeviceInfo[]>([]);
  readonly choice = signal<DeviceChoice>(rememberedDevices());
  /** What is being opened or closed at the moment. */
  readonly busy = signal<ReadonlySet<MediaKind | "screen">>(new Set());

  #owner = new AbortController();
  /** One opening at a time: two prompts, or two cameras at once, help nobody. */
  #queue: Promise<unknown> = Promise.resolve();

  /** Opens what is wanted, or what of it there is; the rest is told by `problems`. */
  open(wanted: Readonly<Record<MediaKind, boolean>>): Promise<void> {
    this.#owner.abort();
    this.#owner = new AbortController();
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.refresh(), {
      signal: this.#owner.signal,
    });
    return this.retry(wanted);
  }

  /** Tries once more to open what could not be opened. */
  retry(wanted: Readonly<Record<MediaKind, boolean>>): Promise<void> {
    return this.#exclusive(wanted, () => this.#acquire(wanted));
  }

  async setMicrophone(on: boolean): Promise<void> {
    if (this.microphone.value) {
      this.#enableMicrophone(on);
      return;
    }
    // It may be about to be opened: then this comes after that.
    await this.#exclusive({ audio: true }, async () => {
      if (this.microphone.value) this.#enableMicrophone(on);
      else if (on) await this.#acquire({ audio: true, video: false });
    });
  }

  /** Off means that the camera's light goes out: the track ends, and a new one is opened for on. */
  async setCamera(on: boolean): Promise<void> {
    await this.#exclusive({ video: true }, async () => {
      if (!on) {
        this.camera.value?.stop();
        this.camera.value = null;
      } else if (!this.camera.value) {
        await this.#acquire({ audio: false, video: true });
      }
    });
  }

  /** Rejects with the browser's own error; a prompt that was dismissed is no error. */
  async setScreen(on: boolean): Promise<void> {
    if (!on) {
      this.screen.value?.stop();
      this.screen.value = null;
      return;
    }
    if (this.screen.value) return;
    await this.#exclusive({ screen: true }, async () => {
      const stream = await share();
      const [track] = stream?.getVideoTracks() ?? [];
      if (!track) return;
      if (this.#owner.signal.aborted) {
        track.stop();
        return;
      }
      track.contentHint = "detail";
      track.addEventListener("ended", () => {
        if (this.screen.value === track) this.screen.value = null;
      });
      this.screen.value = track;
    });
  }

  /** Uses another device, at once if it is on. */
  async choose(kind: DeviceKind, deviceId: string): Promise<void> {
    this.choice.value = { ...this.choice.value, [kind]: deviceId };
    rememberDevices(this.choice.value);
    if (kind === "audioinput" && this.microphone.value) {
      const on = this.microphoneOn.value;
      await this.#exclusive({ audio: true }, async () => {
        this.microphone.value?.stop();
        await this.#acquire({ audio: true, video: false });
        if (!on) this.#enableMicrophone(false);
      });
    }
    if (kind === "videoinput" && this.camera.value) {
      await this.#exclusive({ video: true }, async () => {
        this.camera.value?.stop();
        await this.#acquire({ audio: false, video: true });
      });
    }
  }

  /** The device in use: the open track's, else the chosen one's. */
  current(kind: DeviceKind): MediaDeviceInfo | undefined {
    const track = kind === "audioinput" ? this.microphone.value : this.camera.value;
    const open = kind === "audiooutput" ? undefined : track?.getSettings().deviceId;
    const wanted = open ?? this.choice.value[kind];
    const ofKind = this.devices.value.filter((device) => device.kind === kind);
    return ofKind.find((device) => device.deviceId === wanted) ?? ofKind[0];
  }

  async refresh(): Promise<void> {
    const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []);
    // Before a permission is given, browsers list devices without a name or an id.
    const named = (devices ?? []).filter(({ deviceId }) => deviceId !== "");
    if (JSON.stringify(named) !== JSON.stringify(this.devices.value)) this.devices.value = named;
  }

  /** Frees every device. */
  close(): void {
    this.#owner.abort();
    for (const held of [this.microphone, this.camera, this.screen]) {
      held.value?.stop();
      held.value = null;
    }
    this.microphoneOn.value = false;
  }

  async #acquire(wanted: Readonly<Record<MediaKind, boolean>>): Promise<void> {
    const { signal: ended } = this.#owner;
    const found = await acquire(browserCapture(), wanted, this.choice.value);
    if (ended.aborted) {
      found.audio?.stop();
      found.video?.stop();
      return;
    }
    const problems = { ...this.problems.value };
    for (const kind of ["audio", "video"] as const) {
      if (!wanted[kind]) continue;
      delete problems[kind];
      this.#hold(kind, found[kind]);
    }
    this.problems.value = { ...problems, ...found.problems };
    await this.refresh();
  }

  #enableMicrophone(on: boolean): void {
    const track = this.microphone.value;
    if (track) track.enabled = on;
    this.microphoneOn.value = on && track !== null;
  }

  #hold(kind: MediaKind, track: MediaStreamTrack | null): void {
    const held = kind === "audio" ? this.microphone : this.camera;
    held.value = track;
    if (kind === "audio") this.microphoneOn.value = track !== null;
    track?.addEventListener("ended", () => {
      // Only an unplugged or revoked device ends by itself: another one may take its place.
      if (held.value !== track) return;
      held.value = null;
      if (kind === "audio") this.microphoneOn.value = false;
      const { [INPUT[kind]]: _gone, ...choice } = this.choice.value;
      this.choice.value = choice;
      const wanted = { audio: kind === "audio", video: kind === "video" };
      void this.#exclusive(wanted, () => this.#acquire(wanted));
    });
  }

  #exclusive(
    what: Partial<Record<MediaKind | "screen", boolean>>,
    work: () => Promise<void>,
  ): Promise<void> {
    const kinds = (["audio", "video", "screen"] as const).filter((kind) => what[kind]);
    const run = async (): Promise<void> => {
      this.busy.value = new Set([...this.busy.value, ...kinds]);
      try {
        await work();
      } finally {
        this.busy.value = new Set(
          [...this.busy.value].filter((kind) => !kinds.some((k) => k === kind)),
        );
      }
    };
    const done = this.#queue.then(run);
    this.#queue = done.catch(() => {});
    return done;
  }
}

async function share(): Promise<MediaStream | null> {
  try {
    return await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false });
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotAllowedError") return null;
    throw error;
  }
}
