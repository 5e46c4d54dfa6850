/** Plays the audio on schedule. */

import type { Frame } from "../shared/frames";
import { SoundDecoder } from "../shared/sound-decoder";
import { PROCESSOR, type SoundReport, type ToWorklet } from "./audio-messages";

/** Extra time after each audible gap, and its decay per second. */
const STRAIN = 5_000;
const MAX_STRAIN = 100_000;
const RELIEF = 1_000;
/** Gaps count only after this long: at first the page is busy loading. */
const BEGINNING_MS = 2_000;
/** The requested latency in seconds: the device's minimum; "interactive" is four times as long. */
const LATENCY = 0;

export interface SoundEvents {
  /** The stream time of decoded audio that is ready to play. */
  onDecoded: (timestamp: number) => void;
  /** Whether the browser allows sound; it may require a user gesture first. */
  onRunning: (running: boolean) => void;
}

export class SoundPlayer {
  readonly #context: AudioContext;
  readonly #volume: GainNode;
  readonly #events: SoundEvents;
  readonly #decoder = new SoundDecoder((data) => this.#deliver(data));
  #node: AudioWorkletNode | null = null;
  #report: SoundReport | null = null;
  #silent = false;
  #strain = 0;
  #strainAt = performance.now();
  #began = performance.now();

  static async open(workletUrl: string, events: SoundEvents): Promise<SoundPlayer> {
    const player = new SoundPlayer(events);
    try {
      await player.#context.audioWorklet.addModule(workletUrl);
    } catch (error) {
      player.close();
      throw error;
    }
    player.#connect();
    return player;
  }

  private constructor(events: SoundEvents) {
    this.#events = events;
    this.#context = new AudioContext({ sampleRate: 48_000, latencyHint: LATENCY });
    this.#volume = this.#context.createGain();
    this.#volume.connect(this.#context.destination);
  }

  get running(): boolean {
    return this.#context.state === "running" && this.#node !== null;
  }

  /** The root mean square of the audio last played, before the volume. */
  get level(): number {
    return this.#report?.level ?? 0;
  }

  /** Call it from a user gesture, where the browser requires one. */
  resume(): void {
    void this.#context.resume().catch(() => undefined);
  }

  setVolume(volume: number): void {
    this.#silent = volume === 0;
    this.#volume.gain.setTargetAtTime(volume, this.#context.currentTime, 0.01);
  }

  configure(config: AudioDecoderConfig): void {
    this.#decoder.configure(config);
  }

  decode(frame: Frame): void {
    // While the browser blocks sound, nothing consumes it.
    if (this.running) this.#decoder.decode(frame);
  }

  /** The latency that this device needs, in microseconds; null while there is no sound. */
  timing(now: number): { output: number; strain: number } | null {
    if (!this.running || this.#silent) return null;
    this.#strain = Math.max(0, this.#strain - ((now / 1000 - this.#strainAt) / 1000) * RELIEF);
    this.#strainAt = now / 1000;
    const { baseLatency, outputLatency } = this.#context;
    return { output: (baseLatency + outputLatency) * 1e6, strain: this.#strain };
  }

  /** From now on, stream time `t` plays at page time `t + offset`. */
  play(offset: number): void {
    this.#post({ type: "shift", shift: this.#contextToPage() - offset });
  }

  /** The offset, as for `play`, of what plays now; null in silence. */
  heard(): number | null {
    const report = this.#report;
    if (report === null || report.position === null) return null;
    return report.contextTime * 1e6 + this.#contextToPage() - report.position;
  }

  restart(): void {
    this.#post({ type: "clear" });
    this.#report = null;
    this.#began = performance.now();
    this.#decoder.restart();
  }

  close(): void {
    this.#context.onstatechange = null;
    this.#decoder.close();
    this.#node?.disconnect();
    this.#node = null;
    void this.#context.close().catch(() => undefined);
  }

  #connect(): void {
    const node = new AudioWorkletNode(this.#context, PROCESSOR, {
      numberOfInputs: 0,
      outputChannelCount: [2],
    });
    node.port.onmessage = ({ data }: MessageEvent<SoundReport>) => {
      const gaps = data.gaps - (this.#report?.gaps ?? data.gaps);
      const settled = performance.now() - this.#began > BEGINNING_MS;
      if (gaps > 0 && settled) this.#strain = Math.min(MAX_STRAIN, this.#strain + STRAIN);
      this.#report = data;
    };
    node.connect(this.#volume);
    this.#node = node;
    this.#context.onstatechange = () => this.#events.onRunning(this.running);
    this.#events.onRunning(this.running);
  }

  #deliver(data: AudioData): void {
    const planes = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
      const plane = new Float32Array(data.numberOfFrames);
      data.copyTo(plane, { planeIndex, format: "f32-planar" });
      return plane;
    });
    const { timestamp } = data;
    data.close();
    this.#events.onDecoded(timestamp);
    this.#post(
      { type: "sound", timestamp, planes },
      planes.map(({ buffer }) => buffer),
    );
  }

  /** Add this to a context time in microseconds to get its page time. */
  #contextToPage(): number {
    const { contextTime = 0, performanceTime = 0 } = this.#context.getOutputTimestamp();
    if (contextTime > 0) return performanceTime * 1000 - contextTime * 1e6;
    return (performance.now() / 1000 + this.#context.baseLatency - this.#context.currentTime) * 1e6;
  }

  #post(message: ToWorklet, transfer: Transferable[] = []): void {
    this.#node?.port.postMessage(message, transfer);
  }
}
