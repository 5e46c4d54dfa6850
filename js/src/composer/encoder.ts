/** The two encoders. Each hands out frames of the wire, and the set-up that a decoder needs. */

import { allocate, encodeFrame, Kind, Track } from "../shared/frames";
import type { TrackSetup } from "../shared/protocol";
import type { Size } from "./layout";

/** `timestamp` in microseconds, as the picture or sound had it that went in. */
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

/** Bits a second for each pixel of a second: 900 kbit/s at 640x360 and 30 pictures a second. */
const BITS_PER_PIXEL = 0.13;
const AUDIO_BITRATE = 96_000;
export const SAMPLE_RATE = 48_000;
export const CHANNELS = 2;

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

/** H.264 where the browser encodes it (everything decodes it), else VP8. */
async function chooseVideo(size: Size, framerate: number): Promise<VideoEncoderConfig> {
  const base: Omit<VideoEncoderConfig, "codec"> = {
    ...size,
    framerate,
    bitrate: Math.round(size.width * size.height * framerate * BITS_PER_PIXEL),
    latencyMode: "realtime",
  };
  // Level 3.1 ends at 1280x720 and 30 pictures a second, 4.0 at 1920x1080 (ITU-T H.264, A.3).
  const level = size.width * size.height > 1280 * 720 || framerate > 30 ? "28" : "1f";
  const candidates: VideoEncoderConfig[] = [
    { ...base, codec: `avc1.4200${level}`, avc: { format: "avc" } },
    { ...base, codec: "vp8" },
  ];
  for (const config of candidates) {
    const { supported } = await VideoEncoder.isConfigSupported(config);
    if (supported) return config;
  }
  throw new Error("this browser encodes neither H.264 nor VP8");
}

export class PictureEncoder {
  readonly #encoder: VideoEncoder;
  #config: VideoEncoderConfig;
  readonly #bitrate: number;
  readonly #framerate: number;
  #setup = "";

  static async open(size: Size, framerate: number, sinks: Sinks): Promise<PictureEncoder> {
    return new PictureEncoder(await chooseVideo(size, framerate), sinks);
  }

  private constructor(config: VideoEncoderConfig, { onSetup, onFrame, onError }: Sinks) {
    this.#config = config;
    this.#bitrate = config.bitrate ?? 0;
    this.#framerate = config.framerate ?? 30;
    this.#encoder = new VideoEncoder({
      error: onError,
      output: (chunk, metadata) => {
        if (metadata?.decoderConfig !== undefined) this.#announce(metadata.decoderConfig, onSetup);
        const keyframe = chunk.type === "key";
        onFrame(
          mediaFrame(Track.video, chunk, keyframe, Math.round(1e6 / this.#framerate)),
          keyframe,
          chunk.timestamp,
        );
      },
    });
    this.#encoder.configure(config);
  }

  /** Pictures that wait for the encoder. */
  get queued(): number {
    return this.#encoder.encodeQueueSize;
  }

  encode(picture: VideoFrame, keyframe: boolean): void {
    if (this.#encoder.state === "configured") this.#encoder.encode(picture, { keyFrame: keyframe });
  }

  /** Sends less, or more again: parts of the full rates. */
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

  #announce(config: VideoDecoderConfig, onSetup: Sinks["onSetup"]): void {
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
    onSetup(setupFrame(Track.video, setup));
  }
}

export class SoundEncoder {
  readonly #encoder: AudioEncoder;

  constructor({ onSetup, onFrame, onError }: Sinks) {
    this.#encoder = new AudioEncoder({
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
        // Every Opus packet decodes by itself.
        onFrame(mediaFrame(Track.audio, chunk, true, chunk.duration ?? 0), true, chunk.timestamp);
      },
    });
    this.#encoder.configure({
      codec: "opus",
      sampleRate: SAMPLE_RATE,
      numberOfChannels: CHANNELS,
      bitrate: AUDIO_BITRATE,
      opus: { frameDuration: 20_000 },
    });
  }

  /** Encodes sound that lies channel after channel. */
  encode(samples: Float32Array<ArrayBuffer>, timestamp: number): void {
    if (this.#encoder.state !== "configured" || samples.length === 0) return;
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
}
