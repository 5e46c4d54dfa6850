/** The local microphone, camera and screen share: what is open, what is on, and any problems. */

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
  type DeviceRequest,
  type Facing,
  type MediaKind,
  MICROPHONE,
  type Problems,
  type Start,
} from "./devices";
import { MicrophoneMeter } from "./levels";
import type { MediaMemory } from "./memory";
import { ScreenShare } from "./screen-share";

/** Milliseconds: a level meter that updates less often looks broken. */
const LEVEL_INTERVAL = 80;
const DEVICES = ["audio", "video", "screen"] as const;
const NOTHING = { audio: false, video: false, screen: false };
const INPUT = { audio: "audioinput", video: "videoinput" } as const;

/** The local sources that can be on. */
export type Device = (typeof DEVICES)[number];
/**
 * The open microphone's setting, as the browser reports it; `unavailable` without a microphone or a
 * report.
 */
export type NoiseSuppression = "unavailable" | "off" | "on";

export class LocalMedia {
  readonly microphone = signal<MediaStreamTrack | null>(null);
  /** What others may see of the camera: only this leaves the page. */
  readonly camera = signal<MediaStreamTrack | null>(null);
  readonly sharing = new ScreenShare();
  readonly screen = this.sharing.video;
  readonly microphoneOn = signal(false);
  readonly meter = new MicrophoneMeter();
  readonly control = new CameraControl();
  /** Whether the camera can blur its background, and does. */
  readonly blur = this.control.blur;
  readonly background: Background;
  /** The microphone's level, from 0 to 1; measured only while shown. */
  readonly level: Signal<number>;
  /** Whether the browser suppresses noise in the open microphone. */
  readonly noise = signal<NoiseSuppression>("unavailable");
  readonly problems = signal<Problems>({});
  readonly devices = signal<readonly MediaDeviceInfo[]>([]);
  readonly choice: Signal<DeviceChoice>;
  /** Devices that are being opened, or are queued. */
  readonly busy = computed<ReadonlySet<Device>>(
    () => new Set(DEVICES.filter((device) => this.#openings.value[device] > 0)),
  );

  readonly #openings = signal<Readonly<Record<Device, number>>>({ audio: 0, video: 0, screen: 0 });
  /** The last requested state of each device, while it is busy. */
  readonly #requested = signal<Readonly<Record<Device, boolean>>>(NOTHING);
  /** The camera itself, with the real background. */
  readonly #raw = signal<MediaStreamTrack | null>(null);
  #substitute: MediaStreamTrack | null = null;
  #suppressesNoise: boolean;
  #owner = new AbortController();
  /** Opens one device at a time: two prompts, or two cameras at once, are no help. */
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
          if (this.camera.value === track) this.#onBackgroundFailed();
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

  /**
   * What the user wants on: a device that failed to open, or has not opened yet, was not switched
   * off.
   */
  get wanted(): Start {
    const { audio, video } = this.problems.value;
    return {
      audio: this.intends("audio") || audio !== undefined,
      video: this.intends("video") || video !== undefined,
    };
  }

  /** The raw camera, with the real background; never shown to others. Reads a signal. */
  get source(): MediaStreamTrack | null {
    return this.#source;
  }

  get #source(): MediaStreamTrack | null {
    return this.#raw.value;
  }

  set #source(track: MediaStreamTrack | null) {
    this.#raw.value = track;
  }

  /** Resolves when all pending openings are done. */
  get idle(): Promise<unknown> {
    return this.#queue;
  }

  /** Whether a device is on. */
  isOn(device: Device): boolean {
    if (device === "audio") return this.microphoneOn.value;
    return (device === "video" ? this.camera : this.screen).value !== null;
  }

  /** Whether it is on, or will be once it opens: toggling inverts this. */
  intends(device: Device): boolean {
    return this.busy.value.has(device) ? this.#requested.value[device] : this.isOn(device);
  }

  /** Opens what is wanted, as far as possible; `problems` reports the rest. */
  open(wanted: Readonly<Record<MediaKind, boolean>>): Promise<void> {
    this.#owner.abort();
    this.#owner = new AbortController();
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.refresh(), {
      signal: this.#owner.signal,
    });
    return this.retry(wanted);
  }

  /** Retries the devices that failed to open. */
  retry(wanted: Readonly<Record<MediaKind, boolean>>): Promise<void> {
    const { audio, video } = wanted;
    const requested = { ...(audio && { audio }), ...(video && { video }) };
    return this.#exclusive(requested, () => this.#acquire(wanted));
  }

  /** Off takes effect at once: a device that is still opening will be muted. */
  async setMicrophone(on: boolean): Promise<void> {
    this.#request({ audio: on });
    if (this.microphone.value) this.#setMicrophone(this.microphone.value, on);
    else if (on) await this.#exclusive({ audio: true }, () => this.#switchMicrophoneOn());
  }

  async #switchMicrophoneOn(): Promise<void> {
    // It may have been opened, or switched off again, while this waited for its turn.
    if (!this.#requested.value.audio) return;
    if (this.microphone.value) this.#setMicrophone(this.microphone.value, true);
    else await this.#acquire({ audio: true, video: false });
  }

  /** Off turns the camera's light off: the track ends, and switching on opens a new one. */
  async setCamera(on: boolean): Promise<void> {
    this.#request({ video: on });
    if (on) await this.#exclusive({ video: true }, () => this.#switchCameraOn());
    else this.#closeCamera();
  }

  async #switchCameraOn(): Promise<void> {
    if (!this.#requested.value.video || this.#source) return;
    await this.#acquire({ audio: false, video: true });
  }

  /** Rejects with the browser's own error; dismissing the prompt is not an error. */
  async setScreen(on: boolean): Promise<void> {
    this.#request({ screen: on });
    if (!on) this.sharing.stop();
    else if (!this.sharing.picked) await this.#exclusive({ screen: true }, () => this.#pick());
  }

  async #pick(): Promise<void> {
    const { signal: ended } = this.#owner;
    const wanted = (): boolean => !ended.aborted && this.#requested.value.screen;
    if (wanted() && !this.sharing.picked) await this.sharing.pick(wanted);
  }

  /**
   * Shows this track to others in place of the camera while that is on; null for the camera itself.
   * From then on no picture of what it replaces is shown.
   */
  substitute(track: MediaStreamTrack | null): void {
    if (track === this.#substitute) return;
    this.#substitute = track;
    const source = this.#source;
    if (!source) return;
    if (!this.background.wanted) {
      this.camera.value = track ?? source;
      return;
    }
    this.camera.value = null;
    void this.#exclusive({ video: this.intends("video") }, async () => {
      if (this.#source) await this.#showCamera(this.#source);
    });
  }

  /** Switches the camera's own background blur; rejects if the camera has none. */
  setBlur(on: boolean): Promise<void> {
    return this.control.setBlur(on);
  }

  /**
   * Selects a virtual background, or none. Rejects on failure: the camera is then off, except that
   * an unreadable image changes nothing.
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

  /** Uses a user's own image as the background: a file, or a `data:` URL. */
  async setPicture(source: Blob | string): Promise<void> {
    await this.background.take(source);
    await this.setBackground("own");
  }

  /**
   * Switches to another device, at once if the kind is on. Rejects if that fails, and keeps the
   * previous device.
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
      // It was switched off meanwhile, or opened with the right device.
      const open = held();
      if (!open || open.getSettings().deviceId === deviceId) return;
      const wanted = { audio: input === "audio", video: input === "video" };
      // Many machines cannot open two cameras at once.
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

  /**
   * Switches to the camera that faces this way; rejects if there is none, and keeps the previous
   * camera.
   */
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
   * Switches noise suppression of the microphone: at once, or when it next opens. Rejects if the
   * browser lacks it.
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
      // Chromium applies it only when it opens a microphone.
      track.stop();
      await this.#acquire({ audio: true, video: false });
      const problem = this.problems.value.audio;
      if (problem) throw new DeviceError("audio", problem);
      if (this.noise.value === wanted) return;
      throw new RefusedError("unsupported", "This browser does not change noise suppression.");
    });
  }

  /** The device in use: the open track's, otherwise the chosen one. */
  current(kind: DeviceKind): MediaDeviceInfo | undefined {
    const track = kind === "audioinput" ? this.microphone.value : this.#source;
    const open = kind === "audiooutput" ? undefined : track?.getSettings().deviceId;
    const wanted = open ?? this.choice.value[kind];
    const ofKind = this.devices.value.filter((device) => device.kind === kind);
    return ofKind.find((device) => device.deviceId === wanted) ?? ofKind[0];
  }

  async refresh(): Promise<void> {
    const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []);
    // Before permission is granted, browsers list devices without names or ids.
    const named = (devices ?? []).filter(({ deviceId }) => deviceId !== "");
    if (JSON.stringify(named) !== JSON.stringify(this.devices.value)) this.devices.value = named;
  }

  /** Frees all devices. */
  close(): void {
    this.#owner.abort();
    this.#requested.value = NOTHING;
    this.#substitute = null;
    this.microphone.value?.stop();
    this.#setMicrophone(null, false);
    this.#closeCamera();
    this.sharing.stop();
    this.meter.close();
  }

  #remember(kind: DeviceKind, deviceId: string): void {
    this.choice.value = { ...this.choice.value, [kind]: deviceId };
    this.#memory.devices.save(this.choice.value);
  }

  /** A device that is switched off while it opens stays off. */
  async #acquire(
    wanted: Readonly<Record<MediaKind, boolean>>,
    how: Pick<DeviceRequest, "facing" | "exactly"> = {},
  ): Promise<void> {
    const { signal: ended } = this.#owner;
    const noiseSuppression = this.#suppressesNoise;
    const requested = { ...this.choice.value, noiseSuppression, ...how };
    const found = await acquire(browserCapture(), wanted, requested);
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

  /** Mutes the track before any connection gets it: no sound of a muted participant slips out. */
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

  /** Shows the camera once the background is ready, and nothing before. */
  async #showCamera(source: MediaStreamTrack): Promise<void> {
    const { signal: ended } = this.#owner;
    const picture = this.#substitute ?? source;
    const bare = this.camera.value === source || this.camera.value === picture;
    if (this.background.wanted && bare) this.camera.value = null;
    this.#source = source;
    this.control.use(source);
    try {
      const shown = await this.background.cover(picture);
      // Meanwhile unplugged, switched off, or closed.
      if (ended.aborted || this.#source !== source) this.background.release();
      // Meanwhile another picture takes its place.
      else if (picture !== (this.#substitute ?? source)) await this.#showCamera(source);
      else this.camera.value = shown;
    } catch {
      if (this.#source === source) this.#onBackgroundFailed();
    }
  }

  /** The background failed: switches the camera off and reports the reason. */
  #onBackgroundFailed(): void {
    this.#closeCamera();
    this.problems.value = { ...this.problems.value, video: "background" };
  }

  #holdMicrophone(track: MediaStreamTrack | null): void {
    this.#setMicrophone(track, this.#requested.value.audio);
    track?.addEventListener("ended", () => {
      if (this.microphone.value !== track) return;
      const on = this.intends("audio");
      this.#setMicrophone(null, false);
      this.#replace("audio", on);
    });
  }

  async #holdCamera(track: MediaStreamTrack | null): Promise<void> {
    if (!track || !this.#requested.value.video) {
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

  /** A track ends by itself only if the device is unplugged or revoked: tries another device. */
  #replace(kind: MediaKind, on: boolean): void {
    const { [INPUT[kind]]: _gone, ...choice } = this.choice.value;
    this.choice.value = choice;
    const wanted = { audio: kind === "audio", video: kind === "video" };
    void this.#exclusive({ [kind]: on }, () => this.#acquire(wanted));
  }

  #request(requested: Partial<Record<Device, boolean>>): void {
    this.#requested.value = { ...this.#requested.peek(), ...requested };
  }

  /** Runs `work` on these devices after all earlier work has finished. */
  #exclusive(
    requested: Partial<Record<Device, boolean>>,
    work: () => Promise<void>,
  ): Promise<void> {
    const devices = DEVICES.filter((device) => device in requested);
    this.#request(requested);
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
