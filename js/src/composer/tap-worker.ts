/**
 * Sends one camera or microphone to a program that reads it. Runs in its own Worker, whose timers keep
 * their pace while the page is hidden.
 */

import { now } from "./clock";
import { SOUND_BLOCK, SoundEncoder, VideoTrackEncoder } from "./encoder";
import type { Size } from "./layout";
import type { Codec } from "./messages";
import type { FromTap, TapOpen, ToTap } from "./tap-messages";
import { Outlet } from "./tap-outlet";
import { TapPace } from "./tap-pace";
import { tapSize } from "./tap-size";
import { Voices } from "./voices";

/** Milliseconds: without a new picture the last one is sent again, so that the stream goes on. */
const REPEAT_MS = 1_000;
/** Microseconds. */
const KEYFRAME_EVERY = 2_000_000;
/** Pictures that may queue for the encoder before new ones are skipped. */
const MAX_QUEUED = 2;
/**
 * Milliseconds by which the oldest picture in the encoder may be older than the newest. One alone is no
 * sign: some encoders keep it until the next one comes.
 */
const MAX_BEHIND = 400;
const WIDE = 16 / 9;

const post = (message: FromTap) => self.postMessage(message);

let ended = false;

function end(unable: boolean): void {
  if (ended) return;
  ended = true;
  post({ type: "ended", unable });
  self.close();
}

const onEnded = () => end(false);
const onUnable = () => end(true);

/** Sends what a camera sees, scaled; black while it is off. The newest picture wins. */
class PictureTap {
  readonly #options: TapOpen;
  readonly #outlet: Outlet;
  readonly #pace: TapPace;
  readonly #canvas = new OffscreenCanvas(1, 1);
  readonly #pen = this.#canvas.getContext("2d", { alpha: false, desynchronized: true });
  #reader: ReadableStreamDefaultReader<VideoFrame> | null = null;
  #encoder: VideoTrackEncoder | null = null;
  #repeat: ReturnType<typeof setTimeout> | undefined;
  #asking: ReturnType<typeof setTimeout> | undefined;
  /** Null for the usual ones. */
  #codec: Codec | null = null;
  #submittedAt = 0;
  #keyframeAt = 0;
  #keyframeDue = true;

  constructor(options: TapOpen) {
    this.#options = options;
    this.#pace = new TapPace(options.fps);
    this.#outlet = new Outlet({
      ...options,
      onKeyframeWanted: () => this.#wantKeyframe(),
      onEnded,
    });
    this.off();
  }

  async follow(readable: ReadableStream<VideoFrame>): Promise<void> {
    this.#release();
    const reader = readable.getReader();
    this.#reader = reader;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      if (this.#reader === reader) this.take(value);
      value.close();
    }
  }

  /** Asks the page for each picture. */
  ask(): void {
    this.#release();
    this.#askNext();
  }

  off(): void {
    this.#release();
    if (this.#canvas.width === 1) this.#resize(this.#black());
    this.#pen?.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#submit();
  }

  /** Sends a picture, unless it is too early or the encoder or the network is behind. */
  take(picture: VideoFrame): void {
    if (this.#pace.wait(performance.now()) > 0 || this.#busy) return;
    const { displayWidth: width, displayHeight: height } = picture;
    this.#resize(tapSize({ width, height }, this.#options.lines));
    if (this.#pen) {
      // Resizing resets it. Few of many lines would flicker otherwise.
      this.#pen.imageSmoothingQuality = "medium";
      this.#pen.drawImage(picture, 0, 0, this.#canvas.width, this.#canvas.height);
    }
    this.#submit();
  }

  /** The page's answer to `next`: null while the camera delivers nothing. */
  answer(picture: VideoFrame | null): void {
    if (this.#asking !== undefined && picture !== null) this.take(picture);
    picture?.close();
    if (this.#asking !== undefined) this.#askNext();
  }

  #askNext(): void {
    const wait = Math.max(1, this.#pace.wait(performance.now()));
    this.#asking = setTimeout(() => post({ type: "next" }), wait);
  }

  #release(): void {
    clearTimeout(this.#asking);
    this.#asking = undefined;
    // The read loop ends either way; a camera that is already closed has nothing to cancel.
    void this.#reader?.cancel().catch(() => undefined);
    this.#reader = null;
  }

  /** The shape of a picture before the camera has shown one. */
  #black(): Size {
    const { lines } = this.#options;
    return tapSize({ width: lines * WIDE, height: lines }, lines);
  }

  #resize(size: Size): void {
    const canvas = this.#canvas;
    if (canvas.width === size.width && canvas.height === size.height) return;
    Object.assign(canvas, size);
    this.#reopen();
  }

  #reopen(): void {
    const { width, height } = this.#canvas;
    this.#encoder?.close();
    this.#encoder = null;
    void this.#open({ width, height });
  }

  async #open(size: Size): Promise<void> {
    let opened: VideoTrackEncoder;
    try {
      opened = await VideoTrackEncoder.open(
        { size, framerate: this.#options.fps, codec: this.#codec },
        {
          onError: onUnable,
          onSetup: (frame) => this.#outlet.sendSetup(frame),
          onFrame: (frame, keyframe) => this.#outlet.send(frame, keyframe),
        },
      );
    } catch {
      onUnable();
      return;
    }
    // Meanwhile the camera was turned.
    if (this.#canvas.width !== size.width || this.#canvas.height !== size.height) opened.close();
    else {
      this.#encoder = opened;
      this.#wantKeyframe();
    }
  }

  #wantKeyframe(): void {
    this.#keyframeDue = true;
    this.#again(this.#pace.wait(performance.now()));
  }

  #again(wait: number): void {
    clearTimeout(this.#repeat);
    this.#repeat = setTimeout(() => this.#submit(), wait);
  }

  get #busy(): boolean {
    const encoder = this.#encoder;
    if (this.#outlet.crowded) return true;
    if (encoder === null) return false;
    const sinceNewest = performance.now() - this.#submittedAt;
    return encoder.queued >= MAX_QUEUED || encoder.behind - sinceNewest > MAX_BEHIND;
  }

  /** Encodes what is on the canvas. */
  #submit(): void {
    this.#again(REPEAT_MS);
    const encoder = this.#encoder;
    if (encoder?.stuck && encoder.silent && encoder.codec === "h264") {
      // Firefox's keeps every picture to itself, though it counts as supported.
      this.#codec = "vp9";
      this.#reopen();
      return;
    }
    if (encoder?.stuck) {
      encoder.renew();
      this.#keyframeDue = true;
    }
    if (encoder === null || this.#busy || !this.#outlet.ready) return;
    this.#submittedAt = performance.now();
    this.#pace.took(this.#submittedAt);
    const timestamp = Math.round(now());
    const keyframe = this.#keyframeDue || timestamp - this.#keyframeAt >= KEYFRAME_EVERY;
    if (keyframe) {
      this.#keyframeDue = false;
      this.#keyframeAt = timestamp;
    }
    const picture = new VideoFrame(this.#canvas, { timestamp, alpha: "discard" });
    encoder.encode(picture, keyframe);
    picture.close();
  }
}

/** Sends what a microphone hears; silence while it is off. */
class SoundTap {
  readonly #voices: Voices;
  #voice = 0;

  constructor(options: TapOpen) {
    const outlet = new Outlet({ ...options, onKeyframeWanted: () => {}, onEnded });
    const encoder = new SoundEncoder({
      onError: onUnable,
      onSetup: (frame) => outlet.sendSetup(frame),
      onFrame: (frame, keyframe) => {
        if (!outlet.crowded) outlet.send(frame, keyframe);
      },
    });
    this.#voices = new Voices({
      block: SOUND_BLOCK,
      isHushed: () => false,
      onMixed: (mixed) => encoder.encode(mixed),
      signal: new AbortController().signal,
    });
  }

  follow(readable: ReadableStream<AudioData>): void {
    this.off();
    this.#voice += 1;
    void this.#voices.add(this.#voice, readable);
  }

  off(): void {
    this.#voices.close(this.#voice);
  }
}

let tap: PictureTap | SoundTap | null = null;

self.onmessage = ({ data }: MessageEvent<ToTap>) => {
  switch (data.type) {
    case "open":
      tap = data.media === "audio" ? new SoundTap(data) : new PictureTap(data);
      break;
    case "pictures":
      if (tap instanceof PictureTap) void tap.follow(data.readable);
      break;
    case "sound":
      if (tap instanceof SoundTap) tap.follow(data.readable);
      break;
    case "asking":
      if (tap instanceof PictureTap) tap.ask();
      break;
    case "picture":
      if (tap instanceof PictureTap) tap.answer(data.picture);
      else data.picture?.close();
      break;
    case "off":
      tap?.off();
      break;
  }
};
