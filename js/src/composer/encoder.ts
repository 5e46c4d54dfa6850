/** The video and audio encoders. Each outputs wire frames, and the setup that a decoder needs. */

import { CodecWatchdog } from "../shared/codec-watchdog";
import { allocate, encodeFrame, Kind, Track } from "../shared/frames";
import type { TrackSetup } from "../shared/protocol";
import type { Size } from "./layout";
import type { Codec } from "./messages";
import { CHANNELS, type Mixed, SAMPLE_RATE } from "./mix";

/** `timestamp`: microseconds, the input's own. */
export type Encoded = (
  frame: Uint8Array<ArrayBuffer>,
  keyframe: boolean,
  timestamp: number,
) => void;

interface Sinks {
  onSetup: (frame: Uint8Array<ArrayBuffer>) => void;
  onFrame: Encoded;
  onError: (error: Error) => void;
}

/** Bits per pixel: 900 kbit/s at 640x360 and 30 frames per second. */
const BITS_PER_PIXEL = 0.13;
const AUDIO_BITRATE = 96_000;
/** The duration of an audio packet in microseconds. */
export const SOUND_BLOCK = 10_000;

function base64(bytes: AllowSharedBufferSource): string {
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  return btoa(String.fromCharCode(...view));
}

function setupFrame(track: Track, setup: TrackSetup): Uint8Array<ArrayBuffer> {
  const payload = new TextEncoder().encode(JSON.stringify(setup));
  return encodeFrame({
    kind: Kind.setup,
    track,
    keyframe: false,
    duration: 0,
    timestamp: 0,
    payload,
  });
}

function mediaFrame(
  track: Track,
  chunk: EncodedVideoChunk | EncodedAudioChunk,
  keyframe: boolean,
  duration: number,
): Uint8Array<ArrayBuffer> {
  const { frame, payload } = allocate(
    { kind: Kind.media, track, keyframe, duration, timestamp: chunk.timestamp },
    chunk.byteLength,
  );
  chunk.copyTo(payload);
  return frame;
}

/** The codecs to try by default: every viewer decodes the first. */
const USUAL: readonly Codec[] = ["h264", "vp9"];

/**
 * The levels for up to 1280x720 at 30 frames per second, and for 1920x1080: 3.1 and 4.0 in H.264
 * (ITU-T H.264, A.3), and likewise in VP9 and AV1.
 */
const CODECS: Readonly<Record<Codec, (large: boolean) => Omit<VideoEncoderConfig, keyof Size>>> = {
  h264: (large) => ({ codec: large ? "avc1.420028" : "avc1.42001f", avc: { format: "avc" } }),
  vp9: (large) => ({ codec: large ? "vp09.00.40.08" : "vp09.00.31.08" }),
  av1: (large) => ({ codec: large ? "av01.0.08M.08" : "av01.0.05M.08" }),
};

export interface VideoOptions {
  size: Size;
  /** Frames per second. */
  framerate: number;
  /** Null for the default. */
  codec: Codec | null;
}

interface Choice {
  codec: Codec;
  config: VideoEncoderConfig;
}

/** Rejects if this browser does not support the encoding. */
async function choose({ size, framerate, codec: wanted }: VideoOptions): Promise<Choice> {
  const base: Omit<VideoEncoderConfig, "codec"> = {
    ...size,
    framerate,
    bitrate: Math.round(size.width * size.height * framerate * BITS_PER_PIXEL),
    latencyMode: "realtime",
  };
  const large = size.width * size.height > 1280 * 720 || framerate > 30;
  const codecs = wanted === null ? USUAL : [wanted];
  for (const codec of codecs) {
    const config = { ...base, ...CODECS[codec](large) };
    const { supported } = await VideoEncoder.isConfigSupported(config);
    if (supported) return { codec, config };
  }
  const names = codecs.map((codec) => NAMES[codec]).join(" nor ");
  throw new Error(
    `This browser does not encode ${names} at ${size.width}x${size.height}: choose another quality or codec.`,
  );
}

const NAMES: Readonly<Record<Codec, string>> = { h264: "H.264", vp9: "VP9", av1: "AV1" };

export class VideoTrackEncoder {
  readonly codec: Codec;
  readonly #sinks: Sinks;
  #encoder: VideoEncoder;
  #config: VideoEncoderConfig;
  readonly #bitrate: number;
  readonly #framerate: number;
  #setup = "";
  #silent = true;
  readonly #watchdog = new CodecWatchdog();
  /** Submission times of the frames still being encoded, oldest first. */
  #owed: number[] = [];

  /** Rejects if this browser does not support the encoding. */
  static async open(options: VideoOptions, sinks: Sinks): Promise<VideoTrackEncoder> {
    return new VideoTrackEncoder(await choose(options), sinks);
  }

  private constructor({ codec, config }: Choice, sinks: Sinks) {
    this.codec = codec;
    this.#sinks = sinks;
    this.#config = config;
    this.#bitrate = config.bitrate ?? 0;
    this.#framerate = config.framerate ?? 30;
    this.#encoder = this.#made();
  }

  /** Frames queued for the encoder. */
  get queued(): number {
    return this.#encoder.encodeQueueSize;
  }

  /**
   * Milliseconds that the oldest frame has been in the encoder, which may hold frames that it does
   * not count as queued.
   */
  get behind(): number {
    const [oldest] = this.#owed;
    return oldest === undefined ? 0 : performance.now() - oldest;
  }

  /** Bits per second at full quality. */
  get bitrate(): number {
    return this.#bitrate;
  }

  /** Whether it has produced nothing yet. */
  get silent(): boolean {
    return this.#silent;
  }

  /** Whether it has silently stopped producing output. */
  get stuck(): boolean {
    return this.#watchdog.stuck;
  }

  /**
   * Resets the encoder and drops the frames still being encoded; the next frame must be a keyframe.
   */
  renew(): void {
    this.close();
    this.#watchdog.output();
    this.#owed = [];
    this.#encoder = this.#made();
  }

  encode(picture: VideoFrame, keyframe: boolean): void {
    if (this.#encoder.state !== "configured") return;
    this.#watchdog.input();
    this.#owed.push(performance.now());
    this.#encoder.encode(picture, { keyFrame: keyframe });
  }

  /** Sets the rates, as fractions of the full ones. */
  setQuality(quality: { bitrate: number; framerate: number }): void {
    this.#config = {
      ...this.#config,
      bitrate: Math.round(this.#bitrate * quality.bitrate),
      framerate: this.#framerate * quality.framerate,
    };
    if (this.#encoder.state === "configured") this.#encoder.configure(this.#config);
  }

  async flush(): Promise<void> {
    if (this.#encoder.state === "configured") await this.#encoder.flush();
  }

  close(): void {
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }

  #made(): VideoEncoder {
    const { onFrame, onError } = this.#sinks;
    const encoder = new VideoEncoder({
      error: onError,
      output: (chunk, metadata) => {
        if (encoder !== this.#encoder) return;
        this.#watchdog.output();
        this.#silent = false;
        this.#owed.shift();
        if (metadata?.decoderConfig !== undefined) this.#announce(metadata.decoderConfig);
        const keyframe = chunk.type === "key";
        onFrame(
          mediaFrame(Track.video, chunk, keyframe, Math.round(1e6 / this.#framerate)),
          keyframe,
          chunk.timestamp,
        );
      },
    });
    encoder.configure(this.#config);
    return encoder;
  }

  #announce(config: VideoDecoderConfig): void {
    const setup: TrackSetup = {
      codec: config.codec,
      width: config.codedWidth ?? this.#config.width,
      height: config.codedHeight ?? this.#config.height,
      framerate: this.#framerate,
    };
    if (config.description !== undefined) setup.description = base64(config.description);
    const text = JSON.stringify(setup);
    if (text === this.#setup) return;
    this.#setup = text;
    this.#sinks.onSetup(setupFrame(Track.video, setup));
  }
}

/** Microseconds: a larger step is a gap, not a rounding error. */
const HOLE = 1_000;

export class SoundEncoder {
  readonly #sinks: Sinks;
  #encoder: AudioEncoder;
  /** When the next block starts if there is no gap. */
  #next: number | null = null;

  constructor(sinks: Sinks) {
    this.#sinks = sinks;
    this.#encoder = this.#made();
  }

  /** `mixed` has the length of one packet. */
  encode({ samples, timestamp }: Mixed): void {
    // Audio encoders count samples and ignore timestamps.
    if (this.#next !== null && Math.abs(timestamp - this.#next) > HOLE) this.#renew();
    this.#next = timestamp + SOUND_BLOCK;
    if (this.#encoder.state !== "configured") return;
    const data = new AudioData({
      format: "f32-planar",
      sampleRate: SAMPLE_RATE,
      numberOfChannels: CHANNELS,
      numberOfFrames: samples.length / CHANNELS,
      timestamp: Math.round(timestamp),
      data: samples,
    });
    this.#encoder.encode(data);
    data.close();
  }

  async flush(): Promise<void> {
    if (this.#encoder.state === "configured") await this.#encoder.flush();
  }

  close(): void {
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }

  #renew(): void {
    if (this.#encoder.state !== "configured") return;
    this.#encoder.close();
    this.#encoder = this.#made();
  }

  #made(): AudioEncoder {
    const { onSetup, onFrame, onError } = this.#sinks;
    const encoder = new AudioEncoder({
      error: onError,
      output: (chunk, metadata) => {
        const config = metadata?.decoderConfig;
        if (config !== undefined) {
          const setup: TrackSetup = {
            codec: config.codec,
            sample_rate: config.sampleRate,
            channels: config.numberOfChannels,
          };
          if (config.description !== undefined) setup.description = base64(config.description);
          onSetup(setupFrame(Track.audio, setup));
        }
        // Every Opus packet decodes on its own.
        onFrame(mediaFrame(Track.audio, chunk, true, chunk.duration ?? 0), true, chunk.timestamp);
      },
    });
    encoder.configure({
      codec: "opus",
      sampleRate: SAMPLE_RATE,
      numberOfChannels: CHANNELS,
      bitrate: AUDIO_BITRATE,
      opus: { frameDuration: SOUND_BLOCK },
    });
    return encoder;
  }
}
