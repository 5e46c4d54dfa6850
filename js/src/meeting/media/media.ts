/** One's own microphone, camera and shared screen: what is open, what is on, what is wrong. */

import { type Signal, signal } from "@preact/signals";
import {
  type DeviceChoice,
  type DeviceKind,
  rememberDevices,
  rememberedDevices,
  type Start,
} from "../room/preferences";
import { RefusedError } from "../room/signalling";
import { CameraControl } from "./camera";
import { acquire, browserCapture, DeviceError, type MediaKind, type Problems } from "./devices";
import { MicrophoneMeter } from "./levels";
import { refusalOf } from "./permissions";

/** Milliseconds: a level that moves more seldom looks broken. */
const LEVEL_INTERVAL = 80;
/** What is asked for when a screen is shared (W3C Screen Capture); browsers pass over what they lack. */
const SHARED: DisplayMediaStreamOptions & Record<string, unknown> = {
  video: { frameRate: { max: 15 } },
  // Music and films, not a voice: nothing is to be cleaned of it. The others' own voices stay out.
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
const INPUT = { audio: "audioinput", video: "videoinput" } as const;

export class LocalMedia {
  readonly microphone = signal<MediaStreamTrack | null>(null);
  readonly camera = signal<MediaStreamTrack | null>(null);
  readonly screen = signal<MediaStreamTrack | null>(null);
  /** The sound of what is shared, where the browser gives it. */
  readonly screenSound = signal<MediaStreamTrack | null>(null);
  readonly microphoneOn = signal(false);
  readonly meter = new MicrophoneMeter();
  readonly control = new CameraControl();
  /** Whether the camera can blur what is behind the person, and does. */
  readonly blur = this.control.blur;
  /** How loud the microphone is, from 0 to 1; measured while somebody looks. */
  readonly level: Signal<number>;
  readonly problems = signal<Problems>({});
  readonly devices = signal<readonly MediaDeviceInfo[]>([]);
  readonly choice = signal<DeviceChoice>(rememberedDevices());
  /** What is being opened or closed at the moment. */
  readonly busy = signal<ReadonlySet<MediaKind | "screen">>(new Set());

  #owner = new AbortController();
  /** One opening at a time: two prompts, or two cameras at once, help nobody. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor() {
    let timer: ReturnType<typeof setInterval> | undefined;
    this.level = signal(0, {
      watched: () => {
        timer = setInterval(() => {
          this.level.value = this.microphoneOn.peek() ? this.meter.level() : 0;
        }, LEVEL_INTERVAL);
      },
      unwatched: () => clearInterval(timer),
    });
  }

  /** What is on, or would be: what cannot be opened, or is not open yet, was not switched off. */
  get wanted(): Start {
    const [problems, opening] = [this.problems.value, this.busy.value];
    return {
      audio: this.microphoneOn.value || problems.audio !== undefined || opening.has("audio"),
      video: this.camera.value !== null || problems.video !== undefined || opening.has("video"),
    };
  }

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
        this.#setCamera(null);
      } else if (!this.camera.value) {
        await this.#acquire({ audio: false, video: true });
      }
    });
  }

  /** Rejects with the browser's own error; a prompt that was dismissed is no error. */
  async setScreen(on: boolean): Promise<void> {
    if (!on) {
      this.#stopScreen();
      return;
    }
    if (this.screen.value) return;
    await this.#exclusive({ screen: true }, async () => {
      const stream = await share();
      const [track] = stream?.getVideoTracks() ?? [];
      if (!track) return;
      const [sound] = stream?.getAudioTracks() ?? [];
      if (this.#owner.signal.aborted) {
        track.stop();
        sound?.stop();
        return;
      }
      track.contentHint = "detail";
      track.addEventListener("ended", () => {
        if (this.screen.value === track) this.#stopScreen();
      });
      this.screen.value = track;
      if (!sound) return;
      sound.contentHint = "music";
      this.screenSound.value = sound;
    });
  }

  /** Blurs what is behind the person, or no more; rejects where the camera cannot. */
  setBlur(on: boolean): Promise<void> {
    return this.control.setBlur(on);
  }

  /**
   * Uses another device, at once if it is on. Rejects if that cannot be opened: then the one of
   * before goes on.
   */
  async choose(kind: DeviceKind, deviceId: string): Promise<void> {
    const before = this.current(kind)?.deviceId;
    this.#remember(kind, deviceId);
    if (kind === "audiooutput") return;
    const input = kind === "audioinput" ? "audio" : "video";
    const held = input === "audio" ? this.microphone : this.camera;
    if (!held.value) return;
    await this.#exclusive({ [input]: true }, async () => {
      const wanted = { audio: input === "audio", video: input === "video" };
      const heard = this.microphoneOn.value;
      // Many a machine cannot open two cameras at once.
      held.value?.stop();
      await this.#acquire(wanted, heard);
      const problem = this.problems.value[input];
      if (!problem) return;
      if (before && before !== deviceId) {
        this.#remember(kind, before);
        await this.#acquire(wanted, heard);
      }
      throw new DeviceError(input, problem);
    });
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
    this.microphone.value?.stop();
    this.camera.value?.stop();
    this.#setMicrophone(null, false);
    this.#setCamera(null);
    this.#stopScreen();
    this.meter.close();
  }

  #stopScreen(): void {
    for (const held of [this.screen, this.screenSound]) {
      held.value?.stop();
      held.value = null;
    }
  }

  #remember(kind: DeviceKind, deviceId: string): void {
    this.choice.value = { ...this.choice.value, [kind]: deviceId };
    rememberDevices(this.choice.value);
  }

  /** `on` is whether a microphone is to be heard at once. */
  async #acquire(wanted: Readonly<Record<MediaKind, boolean>>, on = true): Promise<void> {
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
      this.#hold(kind, found[kind], on);
    }
    this.problems.value = { ...problems, ...found.problems };
    await this.refresh();
  }

  #enableMicrophone(on: boolean): void {
    this.#setMicrophone(this.microphone.value, on);
  }

  /** The track is silenced before anybody gets it: no sound of a muted person slips out. */
  #setMicrophone(track: MediaStreamTrack | null, on: boolean): void {
    if (track) track.enabled = on;
    this.microphone.value = track;
    this.meter.listen(track);
    this.microphoneOn.value = on && track !== null;
  }

  #setCamera(track: MediaStreamTrack | null): void {
    this.camera.value = track;
    this.control.use(track);
  }

  #hold(kind: MediaKind, track: MediaStreamTrack | null, on: boolean): void {
    if (kind === "audio") this.#setMicrophone(track, on);
    else this.#setCamera(track);
    track?.addEventListener("ended", () => {
      // Only an unplugged or revoked device ends by itself: another one may take its place.
      const held = kind === "audio" ? this.microphone : this.camera;
      if (held.value !== track) return;
      const heard = kind === "audio" && this.microphoneOn.value;
      if (kind === "audio") this.#setMicrophone(null, false);
      else this.#setCamera(null);
      const { [INPUT[kind]]: _gone, ...choice } = this.choice.value;
      this.choice.value = choice;
      const wanted = { audio: kind === "audio", video: kind === "video" };
      void this.#exclusive(wanted, () => this.#acquire(wanted, heard));
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
  const refusal = refusalOf("display-capture");
  if (refusal)
    throw new RefusedError(`screen_${refusal}`, `The screen cannot be shared: ${refusal}`);
  try {
    return await navigator.mediaDevices.getDisplayMedia(SHARED);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotAllowedError") return null;
    throw error;
  }
}
