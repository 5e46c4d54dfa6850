/** One's own microphone, camera and shared screen: what is open, what is on, what is wrong. */

import { computed, type Signal, signal } from "@preact/signals";
import { RefusedError } from "../../shared/refused-error";
import { Background } from "./background";
import type { BackgroundChoice } from "./background-choice";
import { CameraControl } from "./camera";
import {
  acquire,
  browserCapture,
  type DeviceChoice,
  DeviceError,
  type DeviceKind,
  type Facing,
  type MediaKind,
  MICROPHONE,
  type Problems,
  type Start,
  type Wishes,
} from "./devices";
import { MicrophoneMeter } from "./levels";
import type { MediaMemory } from "./memory";
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
const DEVICES = ["audio", "video", "screen"] as const;
const NOTHING = { audio: false, video: false, screen: false };
const INPUT = { audio: "audioinput", video: "videoinput" } as const;

/** What of one's own can be on. */
export type Device = (typeof DEVICES)[number];
/** As the browser says it of the open microphone: without one, or where it does not say, it is none. */
export type NoiseSuppression = "unavailable" | "off" | "on";

export class LocalMedia {
  readonly microphone = signal<MediaStreamTrack | null>(null);
  /** What may be seen of the camera: all that leaves this page. */
  readonly camera = signal<MediaStreamTrack | null>(null);
  readonly screen = signal<MediaStreamTrack | null>(null);
  /** The sound of what is shared, where the browser gives it. */
  readonly screenSound = signal<MediaStreamTrack | null>(null);
  readonly microphoneOn = signal(false);
  readonly meter = new MicrophoneMeter();
  readonly control = new CameraControl();
  /** Whether the camera can blur what is behind the person, and does. */
  readonly blur = this.control.blur;
  readonly background: Background;
  /** How loud the microphone is, from 0 to 1; measured while it is shown. */
  readonly level: Signal<number>;
  /** Whether the browser takes noise out of what the open microphone hears. */
  readonly noise = signal<NoiseSuppression>("unavailable");
  readonly problems = signal<Problems>({});
  readonly devices = signal<readonly MediaDeviceInfo[]>([]);
  readonly choice: Signal<DeviceChoice>;
  /** What is being opened, or waits for that. */
  readonly busy = computed<ReadonlySet<Device>>(
    () => new Set(DEVICES.filter((device) => this.#openings.value[device] > 0)),
  );

  readonly #openings = signal<Readonly<Record<Device, number>>>({ audio: 0, video: 0, screen: 0 });
  /** Whether each shall be on: what was said of it last, as far as it is busy. */
  readonly #wish = signal<Readonly<Record<Device, boolean>>>(NOTHING);
  /** The camera itself: it shows what is behind the person. */
  #source: MediaStreamTrack | null = null;
  #suppressesNoise: boolean;
  #owner = new AbortController();
  /** One opening at a time: two prompts, or two cameras at once, are no help. */
  #queue: Promise<unknown> = Promise.resolve();

  readonly #memory: MediaMemory;

  constructor(memory: MediaMemory) {
    this.#memory = memory;
    this.choice = signal(memory.devices.load());
    this.#suppressesNoise = memory.noise.load();
    this.background = new Background({
      memory,
      onFailed: (track) =>
        void this.#exclusive({ video: this.intends("video") }, async () => {
          if (this.camera.value === track) this.#uncovered();
        }),
      onCeiling: (ceiling) => this.control.setCeiling(ceiling),
    });
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
    const { audio, video } = this.problems.value;
    return {
      audio: this.intends("audio") || audio !== undefined,
      video: this.intends("video") || video !== undefined,
    };
  }

  /** The camera as it is, with the room behind the person; never shown to others. */
  get source(): MediaStreamTrack | null {
    return this.#source;
  }

  /** Settles once every opening that has begun is done. */
  get idle(): Promise<unknown> {
    return this.#queue;
  }

  /** Whether a device is on. */
  isOn(device: Device): boolean {
    if (device === "audio") return this.microphoneOn.value;
    return (device === "video" ? this.camera : this.screen).value !== null;
  }

  /** Whether it is on, or is to be once it is open: the contrary is the other way. */
  intends(device: Device): boolean {
    return this.busy.value.has(device) ? this.#wish.value[device] : this.isOn(device);
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
    const { audio, video } = wanted;
    const wishes = { ...(audio && { audio }), ...(video && { video }) };
    return this.#exclusive(wishes, () => this.#acquire(wanted));
  }

  /** Off is off at once: what is being opened is silent then. */
  async setMicrophone(on: boolean): Promise<void> {
    this.#say({ audio: on });
    if (this.microphone.value) this.#setMicrophone(this.microphone.value, on);
    else if (on) await this.#exclusive({ audio: true }, () => this.#switchMicrophoneOn());
  }

  async #switchMicrophoneOn(): Promise<void> {
    // It may have been opened, or switched off again, while this waited for its turn.
    if (!this.#wish.value.audio) return;
    if (this.microphone.value) this.#setMicrophone(this.microphone.value, true);
    else await this.#acquire({ audio: true, video: false });
  }

  /** Off means that the camera's light goes out: the track ends, and a new one is opened for on. */
  async setCamera(on: boolean): Promise<void> {
    this.#say({ video: on });
    if (on) await this.#exclusive({ video: true }, () => this.#switchCameraOn());
    else this.#closeCamera();
  }

  async #switchCameraOn(): Promise<void> {
    if (!this.#wish.value.video || this.#source) return;
    await this.#acquire({ audio: false, video: true });
  }

  /** Rejects with the browser's own error; a prompt that was dismissed is no error. */
  async setScreen(on: boolean): Promise<void> {
    this.#say({ screen: on });
    if (!on) this.#stopScreen();
    else if (!this.screen.value) await this.#exclusive({ screen: true }, () => this.#share());
  }

  async #share(): Promise<void> {
    if (!this.#wish.value.screen || this.screen.value) return;
    const { signal: ended } = this.#owner;
    const stream = await share();
    const [track] = stream?.getVideoTracks() ?? [];
    if (!track) return;
    const [sound] = stream?.getAudioTracks() ?? [];
    if (ended.aborted || !this.#wish.value.screen) {
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
  }

  /** Blurs what is behind the person, or no more; rejects where the camera cannot. */
  setBlur(on: boolean): Promise<void> {
    return this.control.setBlur(on);
  }

  /**
   * Puts something else behind the person, or nothing. Rejects if that cannot be: then the camera is off,
   * or a picture that cannot be read changes nothing.
   */
  async setBackground(choice: BackgroundChoice): Promise<void> {
    const failed = (): boolean => this.problems.value.video === "background";
    await this.#exclusive({ video: this.intends("video") || failed() }, async () => {
      const { background } = this;
      if (choice !== "none" && (await background.change(choice))) {
        background.choose(choice);
        return;
      }
      background.choose(choice);
      if (this.#source) await this.#showCamera(this.#source);
      else if (failed()) await this.#acquire({ audio: false, video: true });
      if (failed()) throw new DeviceError("video", "background");
    });
  }

  /** Puts a person's own picture behind them: a file, or a `data:` address. */
  async setPicture(source: Blob | string): Promise<void> {
    await this.background.take(source);
    await this.setBackground("own");
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
    const held = (): MediaStreamTrack | null =>
      input === "audio" ? this.microphone.value : this.#source;
    if (!held() && !this.busy.value.has(input)) return;
    await this.#exclusive({ [input]: this.intends(input) }, async () => {
      // It was switched off meanwhile, or opened as it is wanted.
      const open = held();
      if (!open || open.getSettings().deviceId === deviceId) return;
      const wanted = { audio: input === "audio", video: input === "video" };
      // Many a machine cannot open two cameras at once.
      open.stop();
      await this.#acquire(wanted, { exactly: true });
      const problem = this.problems.value[input];
      if (!problem) return;
      if (before && before !== deviceId) {
        this.#remember(kind, before);
        await this.#acquire(wanted);
      }
      throw new DeviceError(input, problem);
    });
  }

  /** Uses the camera that looks this way; rejects if there is none, and then the one of before goes on. */
  async face(facing: Facing): Promise<void> {
    await this.#exclusive({ video: true }, async () => {
      const wanted = { audio: false, video: true };
      this.#source?.stop();
      await this.#acquire(wanted, { facing });
      const found = this.#source?.getSettings().deviceId;
      if (found) this.#remember("videoinput", found);
      if (this.#source) return;
      const problem = this.problems.value.video ?? "missing";
      await this.#acquire(wanted);
      if (problem !== "missing") throw new DeviceError("video", problem);
      throw new RefusedError("no_device", "No camera here looks that way.");
    });
  }

  /**
   * Takes noise out of what the microphone hears, or no more: at once, or as soon as one is open.
   * Rejects where the browser does not do it.
   */
  async setNoiseSuppression(on: boolean): Promise<void> {
    this.#suppressesNoise = on;
    this.#memory.noise.save(on);
    await this.#exclusive({ audio: this.intends("audio") }, async () => {
      const track = this.microphone.value;
      const wanted = on ? "on" : "off";
      if (!track || this.noise.value === wanted) return;
      await track.applyConstraints({ ...MICROPHONE, noiseSuppression: on }).catch(() => {});
      this.#readNoise();
      if (this.noise.value === wanted) return;
      // Chromium decides it when a microphone is opened.
      track.stop();
      await this.#acquire({ audio: true, video: false });
      const problem = this.problems.value.audio;
      if (problem) throw new DeviceError("audio", problem);
      if (this.noise.value === wanted) return;
      throw new RefusedError("unsupported", "This browser does not change noise suppression.");
    });
  }

  /** The device in use: the open track's, else the chosen one's. */
  current(kind: DeviceKind): MediaDeviceInfo | undefined {
    const track = kind === "audioinput" ? this.microphone.value : this.#source;
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
    this.#wish.value = NOTHING;
    this.microphone.value?.stop();
    this.#setMicrophone(null, false);
    this.#closeCamera();
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
    this.#memory.devices.save(this.choice.value);
  }

  /** What was switched off while it was opened stays off. */
  async #acquire(
    wanted: Readonly<Record<MediaKind, boolean>>,
    how: Pick<Wishes, "facing" | "exactly"> = {},
  ): Promise<void> {
    const { signal: ended } = this.#owner;
    const noiseSuppression = this.#suppressesNoise;
    const wishes = { ...this.choice.value, noiseSuppression, ...how };
    const found = await acquire(browserCapture(), wanted, wishes);
    if (ended.aborted) {
      found.audio?.stop();
      found.video?.stop();
      return;
    }
    const problems = { ...this.problems.value };
    for (const kind of ["audio", "video"] as const) if (wanted[kind]) delete problems[kind];
    this.problems.value = { ...problems, ...found.problems };
    if (wanted.audio) this.#holdMicrophone(found.audio);
    await Promise.all([wanted.video && this.#holdCamera(found.video), this.refresh()]);
  }

  /** The track is silenced before any page gets it: no sound of a muted person slips out. */
  #setMicrophone(track: MediaStreamTrack | null, on: boolean): void {
    if (track) track.enabled = on;
    this.microphone.value = track;
    this.#readNoise();
    this.meter.listen(track);
    this.microphoneOn.value = on && track !== null;
  }

  #readNoise(): void {
    const suppressed = this.microphone.value?.getSettings?.().noiseSuppression;
    if (typeof suppressed !== "boolean") this.noise.value = "unavailable";
    else this.noise.value = suppressed ? "on" : "off";
  }

  #closeCamera(): void {
    this.#source?.stop();
    this.#source = null;
    this.control.use(null);
    this.background.release();
    this.camera.value = null;
  }

  /** Lets a camera be seen, as far as the background allows: until that is there, nothing is. */
  async #showCamera(source: MediaStreamTrack): Promise<void> {
    const { signal: ended } = this.#owner;
    if (this.background.wanted && this.camera.value === source) this.camera.value = null;
    this.#source = source;
    this.control.use(source);
    try {
      const shown = await this.background.cover(source);
      // Unplugged, switched off, or left, meanwhile.
      if (ended.aborted || this.#source !== source) this.background.release();
      else this.camera.value = shown;
    } catch {
      if (this.#source === source) this.#uncovered();
    }
  }

  /** The background could not be made: the camera goes off, and the person hears why. */
  #uncovered(): void {
    this.#closeCamera();
    this.problems.value = { ...this.problems.value, video: "background" };
  }

  #holdMicrophone(track: MediaStreamTrack | null): void {
    this.#setMicrophone(track, this.#wish.value.audio);
    track?.addEventListener("ended", () => {
      if (this.microphone.value !== track) return;
      const on = this.intends("audio");
      this.#setMicrophone(null, false);
      this.#replace("audio", on);
    });
  }

  async #holdCamera(track: MediaStreamTrack | null): Promise<void> {
    if (!track || !this.#wish.value.video) {
      track?.stop();
      this.#closeCamera();
      return;
    }
    track.addEventListener("ended", () => {
      if (this.#source !== track) return;
      const on = this.intends("video");
      this.#closeCamera();
      this.#replace("video", on);
    });
    await this.#showCamera(track);
  }

  /** Only an unplugged or revoked device ends by itself: another one may take its place. */
  #replace(kind: MediaKind, on: boolean): void {
    const { [INPUT[kind]]: _gone, ...choice } = this.choice.value;
    this.choice.value = choice;
    const wanted = { audio: kind === "audio", video: kind === "video" };
    void this.#exclusive({ [kind]: on }, () => this.#acquire(wanted));
  }

  #say(wishes: Partial<Record<Device, boolean>>): void {
    this.#wish.value = { ...this.#wish.peek(), ...wishes };
  }

  /** Does what has to do with these devices, once what was begun before is done. */
  #exclusive(wishes: Partial<Record<Device, boolean>>, work: () => Promise<void>): Promise<void> {
    const devices = DEVICES.filter((device) => device in wishes);
    this.#say(wishes);
    this.#count(devices, 1);
    const done = this.#queue.then(work).finally(() => this.#count(devices, -1));
    this.#queue = done.catch(() => {});
    return done;
  }

  #count(devices: readonly Device[], change: 1 | -1): void {
    const openings = { ...this.#openings.peek() };
    for (const device of devices) openings[device] += change;
    this.#openings.value = openings;
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
