/** Plays one stream: from the socket to the canvas and the speakers. */

import { FrameDecoder } from "../shared/frame-decoder";
import { type Frame, Kind, Track } from "../shared/frames";
import { audioConfig, readSetup, videoConfig } from "../shared/track-setup";
import { DelayLine } from "./delay-line";
import { FrameQueue } from "./frame-queue";
import { Playout } from "./jitter";
import { SoundPlayer } from "./sound";
import { BaseStreamPlayer, type PlayerOptions, type StreamPlayer } from "./stream-player";

/** How often the audio clock and the figures are updated. */
const UPDATE_MS = 100;
/** How often due frames are delivered while the viewer is behind the live edge. */
const STEP_MS = 10;
/** The seekable window. */
const KEEP_MS = 120_000;
const KEEP_BYTES = 48 * 1024 * 1024;
/** Arrival times kept for frames still in the decoder. */
const MAX_PENDING = 256;

const microseconds = () => performance.now() * 1000;

export class LivePlayer extends BaseStreamPlayer implements StreamPlayer {
  readonly #options: PlayerOptions;
  readonly #canvas: HTMLCanvasElement;
  readonly #screen: CanvasRenderingContext2D;
  readonly #playout = new Playout();
  readonly #queue = new FrameQueue<VideoFrame>();
  readonly #pictures = new FrameDecoder((picture) => this.#decoded(picture));
  readonly #line = new DelayLine({
    keep: KEEP_MS,
    size: KEEP_BYTES,
    lead: () => (this.picture.peek() ? Track.video : Track.audio),
    onJump: () => this.#flush(),
    release: (frame) => this.#release(frame),
  });
  readonly #arrivedAt = new Map<number, number>();
  #sound: SoundPlayer | null = null;
  #opening = false;
  #soundConfig: AudioDecoderConfig | null = null;
  #volume = 1;
  #frames = 0;
  #latency: number | null = null;
  #shownOffset: number | null = null;

  static supported(): boolean {
    return ["VideoDecoder", "AudioDecoder", "AudioWorkletNode"].every((name) => name in globalThis);
  }

  constructor(canvas: HTMLCanvasElement, options: PlayerOptions) {
    super(options, "frames");
    const screen = canvas.getContext("2d", { alpha: false, desynchronized: true });
    if (screen === null) throw new Error("this browser has no 2D canvas");
    this.#canvas = canvas;
    this.#screen = screen;
    this.#options = options;
    const update = setInterval(() => this.#update(), UPDATE_MS);
    const step = setInterval(() => this.#line.advance(performance.now()), STEP_MS);
    let drawing = 0;
    const draw = () => {
      drawing = requestAnimationFrame(draw);
      this.#draw();
    };
    draw();
    this.end.signal.addEventListener("abort", () => {
      clearInterval(update);
      clearInterval(step);
      cancelAnimationFrame(drawing);
    });
  }

  /** Pauses. What arrives meanwhile is kept, as far as the window reaches. */
  pause(): void {
    if (this.paused.value) return;
    this.paused.value = true;
    this.#line.hold();
    this.#flush();
    this.#update();
  }

  /** Resumes from where it paused. */
  play(): void {
    if (!this.paused.value) return;
    // Decoders that were closed meanwhile start with a keyframe.
    this.seek(this.#line.behind(performance.now()) / 1000);
  }

  /**
   * Seeks to a position `behind` seconds behind the live edge, as far as the window reaches; 0 is
   * live.
   */
  seek(behind: number): void {
    this.paused.value = false;
    this.#line.seek(behind * 1000, performance.now());
    this.#update();
  }

  /** From 0 to 1. */
  setVolume(volume: number): void {
    this.#volume = volume;
    this.#sound?.setVolume(volume);
  }

  /** Call it from a user gesture: the browser then allows sound. */
  allowSound(): void {
    this.#sound?.resume();
  }

  override close(): void {
    super.close();
    this.#pictures.close();
    this.#queue.clear();
    this.#sound?.close();
    this.#sound = null;
  }

  protected receive(frame: Frame): void {
    this.#line.push(frame, performance.now());
  }

  protected restart(): void {
    this.#line.clear();
    this.#flush();
  }

  #release(frame: Frame): void {
    if (frame.kind === Kind.setup) {
      const setup = readSetup(frame.payload);
      if (frame.track === Track.video) void this.#preparePictures(videoConfig(setup));
      else this.#prepareSound(audioConfig(setup));
      return;
    }
    if (frame.track === Track.audio) {
      this.#sound?.decode(frame);
      return;
    }
    this.#arrivedAt.set(frame.timestamp, performance.now());
    for (const oldest of this.#arrivedAt.keys()) {
      if (this.#arrivedAt.size <= MAX_PENDING) break;
      this.#arrivedAt.delete(oldest);
    }
    this.#pictures.decode(frame);
  }

  /** A browser may have the decoder's interface, and not this codec. */
  async #preparePictures(config: VideoDecoderConfig): Promise<void> {
    this.#pictures.configure(config);
    const { supported } = await VideoDecoder.isConfigSupported(config);
    if (supported || this.end.signal.aborted) return;
    this.fail({ kind: "codec", message: config.codec });
  }

  #prepareSound(config: AudioDecoderConfig): void {
    this.#soundConfig = config;
    this.#sound?.configure(config);
    if (this.#sound === null && !this.#opening) void this.#openSound();
  }

  async #openSound(): Promise<void> {
    this.#opening = true;
    try {
      const sound = await SoundPlayer.open(this.#options.workletUrl, {
        onDecoded: (timestamp) => this.#playout.sound.add(timestamp, microseconds()),
        onRunning: (running) => {
          this.sound.value = running ? "playing" : "blocked";
        },
      });
      if (this.end.signal.aborted) {
        sound.close();
        return;
      }
      if (this.#soundConfig !== null) sound.configure(this.#soundConfig);
      sound.setVolume(this.#volume);
      this.#sound = sound;
    } catch {
      // The video continues; the view says that there is no sound.
      this.sound.value = "none";
    } finally {
      this.#opening = false;
    }
  }

  #decoded(picture: VideoFrame): void {
    const now = microseconds();
    this.#playout.picture.add(picture.timestamp, now);
    this.#queue.push(picture, now - (this.#offsets(now).picture ?? 0));
  }

  #draw(): void {
    const now = microseconds();
    const { picture: offset } = this.#offsets(now);
    if (offset === null) return;
    const picture = this.#queue.take(now - offset);
    if (picture === null) return;
    const { displayWidth: width, displayHeight: height, timestamp } = picture;
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.#screen.drawImage(picture, 0, 0);
    picture.close();
    this.#frames += 1;
    this.#shownOffset = now - timestamp;
    const arrived = this.#arrivedAt.get(timestamp);
    if (arrived === undefined) return;
    this.#arrivedAt.delete(timestamp);
    const taken = performance.now() - arrived;
    this.#latency = this.#latency === null ? taken : this.#latency * 0.9 + taken * 0.1;
  }

  #update(): void {
    const now = microseconds();
    const { sound } = this.#offsets(now);
    if (sound !== null) this.#sound?.play(sound);
    const heard = this.#sound?.heard() ?? null;
    const shown = this.#shownOffset;
    this.figures.value = {
      frames: this.#frames,
      dropped: this.#queue.dropped,
      latency: this.#latency === null ? null : this.#latency + this.roundTrip / 2,
      lipSync: heard === null || shown === null ? null : (heard - shown) / 1000,
      level: this.#sound?.level ?? 0,
      width: this.#canvas.width,
      height: this.#canvas.height,
      behind: this.#line.behind(performance.now()) / 1000,
      kept: this.#line.kept(performance.now()) / 1000,
    };
  }

  #offsets(now: number) {
    return this.#playout.offsets(now, this.#sound?.timing(now) ?? null);
  }

  /** Drops frames that wait to be shown. The last frame stays on the screen. */
  #flush(): void {
    this.#playout.restart();
    this.#queue.clear();
    this.#pictures.close();
    this.#sound?.restart();
    this.#arrivedAt.clear();
    this.#latency = null;
    this.#shownOffset = null;
  }
}
