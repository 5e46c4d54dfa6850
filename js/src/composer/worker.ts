/** The composer: video and audio in, encoded frames out. Runs in its own Worker. */

import { ComposeClock, now } from "./clock";
import { SOUND_BLOCK, SoundEncoder, type VideoOptions, VideoTrackEncoder } from "./encoder";
import { IngestSocket } from "./ingest-socket";
import type {
  Fault,
  FromWorker,
  Look,
  OpenMessage,
  Ornament,
  Shows,
  ToWorker,
  WorkerTile,
} from "./messages";
import { Painter } from "./painter";
import { type Cause, OverloadDetector, QualityLadder, type Second } from "./quality";
import { Voices } from "./voices";

const KEYFRAME_EVERY = 2_000_000;
/** Frames that may queue for the encoder before new ones are skipped. */
const MAX_QUEUED = 2;
/** Milliseconds that a frame may be in the encoder before new ones are skipped. */
const MAX_BEHIND = 400;
/**
 * What may queue for the network before frames are skipped: this fraction of a second, or this many
 * bytes.
 */
const MAX_BACKLOG = 0.4;
const MIN_BACKLOG = 48 * 1024;
/** Audio packets that wait for the first video frame: five seconds. */
const MAX_EARLY = 500;
/** Beyond this multiple, even audio is dropped instead of being sent late. */
const MAX_SOUND_BACKLOG = 5;
const FLUSH_MS = 1_000;

const post = (message: FromWorker) => self.postMessage(message);

class Composer {
  readonly #end = new AbortController();
  readonly #options: OpenMessage;
  /** Null for audio only. */
  readonly #painter: Painter | null;
  readonly #frames = new Map<number, VideoFrame>();
  readonly #readers = new Map<number, ReadableStreamDefaultReader<VideoFrame>>();
  readonly #ladder = new QualityLadder();
  readonly #overload = new OverloadDetector();
  readonly #sound: SoundEncoder;
  readonly #voices: Voices;
  readonly #socket: IngestSocket;
  #pictures: VideoTrackEncoder | null = null;
  #clock: ComposeClock | null = null;
  #videoSetup: Uint8Array<ArrayBuffer> | null = null;
  #audioSetup: Uint8Array<ArrayBuffer> | null = null;
  #maxBacklog = MIN_BACKLOG;
  #shows: Shows;
  /** When composing of the current view started, and whether the page knows that viewers see it. */
  #showsSince = now();
  #toldShown = false;
  /** Audio captured while the first frame was being encoded. */
  #early: Uint8Array<ArrayBuffer>[] = [];
  #keyframeAt = 0;
  #keyframeDue = true;
  /** Whether the server has received this connection's setup, and then its first keyframe. */
  #setUp = false;
  #begun = false;
  #started = false;
  #sent = 0;
  #skipped: Record<Cause, number> = { encoder: 0, line: 0 };
  /** The delay of media in milliseconds, as reported by the server. */
  #late = 0;
  #bytes = 0;
  #encodeTime = 0;
  #encoded = 0;

  constructor(options: OpenMessage) {
    this.#options = options;
    this.#shows = options.look.shows;
    this.#painter = options.size && new Painter(options.size, options.look);
    const onError = ({ message }: Error) =>
      this.#fail({ kind: "broadcast_encoder", message: `The encoder stopped: ${message}` });
    this.#sound = new SoundEncoder({
      onError,
      onSetup: (frame) => {
        this.#audioSetup = frame;
        this.#sendSetup();
      },
      onFrame: (frame, _keyframe, timestamp) => this.#sendSound(frame, timestamp),
    });
    this.#socket = new IngestSocket(options.ingestUrl, options.ticket, {
      onReady: () => {
        this.#setUp = false;
        this.#begun = false;
        this.#sendSetup();
        // The server remembers nothing of an earlier connection.
        if (this.#overload.behind !== null) this.#socket.tellBehind(this.#overload.behind);
      },
      onLate: (late) => {
        this.#late = late;
      },
      onKeyframeWanted: () => this.#wantKeyframe(),
      onEnded: (failed, fault) => {
        this.close();
        post({ type: "ended", failed, fault });
      },
    });
    this.#voices = new Voices({
      block: SOUND_BLOCK,
      // A card is silent.
      isHushed: () => this.#shows !== "stage",
      onMixed: (mixed) => this.#sound.encode(mixed),
      signal: this.#end.signal,
    });
    const adapting = setInterval(() => this.#adapt(), 1_000);
    this.#end.signal.addEventListener("abort", () => clearInterval(adapting));
    if (options.size) void this.#openPictures({ ...options, size: options.size }, onError);
  }

  setStage(tiles: WorkerTile[], look: Look): void {
    this.#painter?.setStage(tiles, look);
    if (look.shows !== this.#shows) {
      this.#shows = look.shows;
      this.#showsSince = now();
      this.#toldShown = false;
    }
    this.#clock?.refresh();
  }

  setOrnament(ornament: Ornament, picture: ImageBitmap | null): void {
    this.#painter?.setOrnament(ornament, picture);
    this.#clock?.refresh();
  }

  async addSource(source: number, readable: ReadableStream<VideoFrame>): Promise<void> {
    const reader = readable.getReader();
    this.#readers.set(source, reader);
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      if (this.#readers.get(source) !== reader) {
        value.close();
        break;
      }
      this.#frames.get(source)?.close();
      this.#frames.set(source, value);
      // A card is a still image, whatever the cameras do.
      if (this.#shows === "stage") this.#clock?.refresh();
    }
    if (this.#readers.get(source) === reader) this.closeSource(source);
  }

  closeSource(source: number): void {
    this.#cancel(this.#readers.get(source));
    this.#readers.delete(source);
    this.#frames.get(source)?.close();
    this.#frames.delete(source);
    this.#clock?.refresh();
  }

  addVoice(voice: number, readable: ReadableStream<AudioData>): void {
    void this.#voices.add(voice, readable);
  }

  closeVoice(voice: number): void {
    this.#voices.close(voice);
  }

  /** Flushes the encoders, then closes everything. */
  async stop(): Promise<void> {
    this.#end.abort();
    const flushed = Promise.all([this.#pictures?.flush(), this.#sound.flush()]);
    await Promise.race([
      flushed.catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, FLUSH_MS)),
    ]);
    await this.#socket.finish();
    this.close();
    post({ type: "stopped" });
  }

  close(): void {
    this.#end.abort();
    for (const source of [...this.#readers.keys()]) this.closeSource(source);
    this.#pictures?.close();
    this.#sound.close();
    this.#socket.close();
  }

  async #openPictures(options: VideoOptions, onError: (error: Error) => void): Promise<void> {
    try {
      this.#pictures = await VideoTrackEncoder.open(options, {
        onError,
        onSetup: (frame) => {
          const first = this.#videoSetup === null;
          this.#videoSetup = frame;
          if (first) this.#sendSetup();
          else if (this.#setUp) this.#socket.send(frame);
        },
        onFrame: (frame, keyframe, timestamp) =>
          this.#sendPicture(frame, keyframe, timestamp / 1000),
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#fail({ kind: "broadcast_codec", message });
      return;
    }
    if (this.#end.signal.aborted) {
      this.#pictures.close();
      return;
    }
    this.#maxBacklog = Math.max(MIN_BACKLOG, (this.#pictures.bitrate / 8) * MAX_BACKLOG);
    this.#clock = new ComposeClock({
      framerate: options.framerate,
      compose: () => this.#compose(),
      signal: this.#end.signal,
    });
  }

  /** Sends the setup of every track, once all are known and the server is ready. */
  #sendSetup(): void {
    if (this.#setUp || !this.#socket.ready || this.#audioSetup === null) return;
    if (this.#videoSetup !== null) this.#socket.send(this.#videoSetup);
    else if (this.#painter !== null) return;
    this.#socket.send(this.#audioSetup);
    this.#setUp = true;
    for (const frame of this.#early) this.#send(frame);
    this.#early = [];
    this.#wantKeyframe();
  }

  #wantKeyframe(): void {
    this.#keyframeDue = true;
    this.#clock?.refresh();
  }

  #compose(): void {
    const [pictures, painter] = [this.#pictures, this.#painter];
    if (pictures === null || painter === null) return;
    if (pictures.stuck) {
      pictures.renew();
      this.#keyframeDue = true;
    }
    const cause = this.#bottleneck(pictures);
    if (cause !== null) {
      this.#skipped[cause] += 1;
      return;
    }
    const timestamp = Math.round(now());
    const keyframe = this.#keyframeDue || timestamp - this.#keyframeAt >= KEYFRAME_EVERY;
    if (keyframe) {
      this.#keyframeDue = false;
      this.#keyframeAt = timestamp;
    }
    painter.paint(this.#frames);
    const picture = new VideoFrame(painter.canvas, { timestamp, alpha: "discard" });
    pictures.encode(picture, keyframe);
    picture.close();
    this.#sent += 1;
  }

  /** The bottleneck that has no room for another frame. */
  #bottleneck(pictures: VideoTrackEncoder): Cause | null {
    if (this.#socket.backlog > this.#maxBacklog) return "line";
    return pictures.queued >= MAX_QUEUED || pictures.behind > MAX_BEHIND ? "encoder" : null;
  }

  #send(frame: Uint8Array<ArrayBuffer>): void {
    this.#bytes += frame.byteLength;
    this.#socket.send(frame);
  }

  #sendPicture(frame: Uint8Array<ArrayBuffer>, keyframe: boolean, composedAt: number): void {
    this.#encoded += 1;
    this.#encodeTime += now() / 1000 - composedAt;
    if (!this.#setUp || !(this.#begun || keyframe)) return;
    this.#begun = true;
    this.#send(frame);
    this.#sentFrom(composedAt * 1000);
  }

  #sendSound(frame: Uint8Array<ArrayBuffer>, timestamp: number): void {
    if (!this.#setUp && !this.#started) {
      this.#early.push(frame);
      if (this.#early.length > MAX_EARLY) this.#early.shift();
    }
    if (!this.#setUp || this.#socket.backlog > MAX_SOUND_BACKLOG * this.#maxBacklog) return;
    this.#send(frame);
    if (this.#painter === null) this.#sentFrom(timestamp);
  }

  /** Records that media of this time is on its way to the viewers. */
  #sentFrom(moment: number): void {
    if (!this.#started) {
      this.#started = true;
      post({ type: "started" });
    }
    if (this.#toldShown || moment < this.#showsSince) return;
    this.#toldShown = true;
    post({ type: "shown", shows: this.#shows });
  }

  #adapt(): void {
    const pictures = this.#pictures;
    const encode = this.#encoded > 0 ? this.#encodeTime / this.#encoded : 0;
    const encoder = Math.max(encode, pictures?.behind ?? 0);
    const second: Second = {
      sent: this.#sent,
      skipped: this.#skipped,
      // Without audio, the delay may come from the encoder.
      late: { encoder, line: this.#late - encoder },
    };
    const changed = this.#ladder.second(second);
    if (this.#overload.second(second)) this.#socket.tellBehind(this.#overload.behind);
    post({
      type: "health",
      health: {
        fps: this.#sent,
        skipped: this.#skipped.encoder + this.#skipped.line,
        bitrate: this.#bytes * 8,
        encode,
        queue: pictures?.queued ?? 0,
        backlog: this.#socket.backlog,
        quality: this.#ladder.quality,
        codec: pictures?.codec ?? null,
        ...(this.#options.size ?? { width: 0, height: 0 }),
        shows: this.#shows,
      },
    });
    this.#skipped = { encoder: 0, line: 0 };
    this.#sent = this.#bytes = this.#encoded = this.#encodeTime = this.#late = 0;
    if (!changed) return;
    const quality = this.#ladder.quality;
    pictures?.setQuality(quality);
    if (this.#clock !== null) {
      this.#clock.framerate = this.#options.framerate * quality.framerate;
    }
  }

  #fail(fault: Fault): void {
    if (this.#end.signal.aborted) return;
    this.close();
    post({ type: "ended", failed: true, fault });
  }

  #cancel(reader: ReadableStreamDefaultReader<unknown> | undefined): void {
    // The read loop ends either way; a camera that is already closed has nothing to cancel.
    void reader?.cancel().catch(() => undefined);
  }
}

let composer: Composer | null = null;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "open":
      composer = new Composer(data);
      break;
    case "stage":
      composer?.setStage(data.tiles, data.look);
      break;
    case "ornament":
      composer?.setOrnament(data.ornament, data.picture);
      break;
    case "source":
      void composer?.addSource(data.source, data.readable);
      break;
    case "close_source":
      composer?.closeSource(data.source);
      break;
    case "voice":
      composer?.addVoice(data.voice, data.readable);
      break;
    case "close_voice":
      composer?.closeVoice(data.voice);
      break;
    case "stop":
      void composer?.stop();
      break;
  }
};
