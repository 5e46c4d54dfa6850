/** Broadcasts the stage from this page: the composer's half outside the Worker. */

import type { Size } from "./layout";
import type {
  Brand,
  Codec,
  Fault,
  FromWorker,
  Health,
  Look,
  Ornament,
  Quality,
  Shows,
  ToWorker,
  WorkerTile,
} from "./messages";
import { loadPicture } from "./ornaments";

export type { Codec, Fault, Health, Quality, Shows } from "./messages";
export { Tap } from "./tap";

export interface StageTile {
  id: string;
  name: string;
  video: MediaStreamTrack | null;
  audio: MediaStreamTrack | null;
  speaking: boolean;
  /** Whether it is a screen share, which is shown large and never cropped. */
  screen?: boolean;
}

/** The look of the stage, apart from its tiles. */
export interface StageLook {
  /** The broadcast's subject. */
  title: string;
  /**
   * The participant shown large if no screen is shared; if null or absent, all tiles have one size.
   */
  large?: string | null;
  /** The stage by default; otherwise a card in its place, without sound. */
  shows?: Shows;
  /** The text of the cards, above the title. */
  cards?: Readonly<Record<Exclude<Shows, "stage">, string>>;
  brand?: Partial<Brand>;
  /** The URLs of the brand's images, which need CORS. */
  ornaments?: Partial<Record<Ornament, string | null>>;
}

/** The frame size of each quality; null for no video. */
export const SIZES: Readonly<Record<Quality, Size | null>> = {
  "360p": { width: 640, height: 360 },
  "540p": { width: 960, height: 540 },
  "720p": { width: 1280, height: 720 },
  "1080p": { width: 1920, height: 1080 },
  audio: null,
};

export const QUALITIES = Object.keys(SIZES) as readonly Quality[];

export interface StageOptions {
  ingestUrl: string;
  ticket: string;
  look: StageLook;
  /** The URL of `composer.js`. */
  workerUrl: string;
  /** "360p" by default. */
  quality?: Quality;
  /** By default, a codec that this browser encodes and every viewer decodes. */
  codec?: Codec | null;
  /** Called once a second. */
  onHealth?(health: Health): void;
  /** Called when what viewers see changes. */
  onShown?(shows: Shows): void;
  /** Called once if the broadcast ends without `stop` and without the signal. */
  onEnded(reason: Fault & { failed: boolean }): void;
  signal: AbortSignal;
}

/** Frames per second. */
const FRAMERATE = 30;
const UNBRANDED: Brand = { background: null, text: null, accent: null, font: null };
const CARDS = { soon: "Starting soon", paused: "Paused" };

/** More than all of the composer's own timeouts: after this the Worker counts as hung. */
const STOP_MS = 4_000;

/** A screen share must not be cropped; a camera may be. */
function isScreen(track: MediaStreamTrack): boolean {
  return (
    track.contentHint === "detail" ||
    track.contentHint === "text" ||
    track.getSettings().displaySurface !== undefined
  );
}

function usable(track: MediaStreamTrack | null): track is MediaStreamTrack {
  return track !== null && track.readyState === "live";
}

/** Removes the sources whose tracks are no longer usable. */
function gone(
  opened: Map<MediaStreamTrack, number>,
  tracks: (MediaStreamTrack | null)[],
): number[] {
  const left = [...opened].filter(([track]) => !usable(track) || !tracks.includes(track));
  for (const [track] of left) opened.delete(track);
  return left.map(([, id]) => id);
}

/**
 * One broadcast of the stage, from construction to `stop`, the signal, or `onEnded`.
 *
 * It reads the room's own tracks, not clones, so that a camera or microphone muted in the room is
 * muted in the broadcast, too. It never stops a track.
 */
export class StageBroadcast {
  /**
   * Resolves when the server has received the first frame; rejects if the broadcast ends before.
   */
  readonly started: Promise<void>;

  readonly #options: StageOptions;
  readonly #worker: Worker;
  readonly #lifetime = new AbortController();
  readonly #sources = new Map<MediaStreamTrack, number>();
  readonly #voices = new Map<MediaStreamTrack, number>();
  /** The URLs of the brand's current images. */
  readonly #ornaments = new Map<Ornament, string | null>();
  readonly #size: Size | null;
  #opened = 0;
  #resolveStarted: () => void = () => undefined;
  #rejectStarted: (error: Error) => void = () => undefined;
  #stopping: Promise<void> | null = null;
  #stopped: () => void = () => undefined;

  /** Null if this browser can broadcast, otherwise the reason. */
  static supported(): { kind: string; message: string } | null {
    const missing = [
      "VideoEncoder",
      "AudioEncoder",
      "MediaStreamTrackProcessor",
      "OffscreenCanvas",
    ].some((name) => !(name in globalThis));
    if (!missing) return null;
    return globalThis.isSecureContext
      ? {
          kind: "broadcast_browser",
          message:
            "This browser cannot broadcast. Use Chrome, Edge or another Chromium-based browser.",
        }
      : {
          kind: "broadcast_insecure",
          message: "Broadcasting requires HTTPS: open the meeting over https or on localhost.",
        };
  }

  constructor(options: StageOptions) {
    this.#options = options;
    this.#size = SIZES[options.quality ?? "360p"];
    this.started = new Promise((resolve, reject) => {
      this.#resolveStarted = resolve;
      this.#rejectStarted = reject;
    });
    // Callers that do not await it learn of a failure through onEnded.
    this.started.catch(() => undefined);
    this.#worker = new Worker(options.workerUrl, { name: "composer" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    this.#worker.onerror = () =>
      this.#ended(true, {
        kind: "broadcast_composer",
        message: "The broadcast compositor crashed.",
      });
    options.signal.addEventListener("abort", () => this.#release(), {
      once: true,
      signal: this.#lifetime.signal,
    });
    this.#post({
      type: "open",
      ingestUrl: options.ingestUrl,
      ticket: options.ticket,
      look: this.#workerLook([], options.look),
      size: this.#size,
      framerate: FRAMERATE,
      codec: options.codec ?? null,
    });
    if (options.signal.aborted) this.#release();
  }

  /** Shows the first nine of these tiles from now on, in this order. */
  setStage(tiles: StageTile[], look: StageLook): void {
    if (this.#lifetime.signal.aborted || this.#stopping !== null) return;
    const videos = tiles.map(({ video }) => video);
    for (const source of gone(this.#sources, videos)) this.#post({ type: "close_source", source });
    const voices = tiles.map(({ audio }) => audio);
    for (const voice of gone(this.#voices, voices)) this.#post({ type: "close_voice", voice });
    for (const track of voices.filter(usable)) this.#addVoice(track);
    const described = tiles.map((tile) => this.#describe(tile));
    this.#post({ type: "stage", look: this.#workerLook(tiles, look), tiles: described });
    for (const ornament of ["logo", "backdrop"] as const) {
      void this.#loadOrnament(ornament, look.ornaments?.[ornament] ?? null);
    }
  }

  /** Flushes the encoders, then frees everything. Resolves in bounded time. */
  stop(): Promise<void> {
    if (this.#stopping === null) {
      this.#stopping = this.#lifetime.signal.aborted ? Promise.resolve() : this.#stop();
    }
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    let late: ReturnType<typeof setTimeout> | undefined;
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve;
      late = setTimeout(resolve, STOP_MS);
    });
    this.#post({ type: "stop" });
    await stopped;
    clearTimeout(late);
    this.#release();
  }

  #workerLook(tiles: StageTile[], look: StageLook): Look {
    const { title, large = null, shows = "stage", cards = CARDS } = look;
    const screen = tiles.findIndex((tile) => tile.screen);
    const chosen = screen >= 0 ? screen : tiles.findIndex(({ id }) => id === large);
    return {
      title,
      large: chosen >= 0 && tiles.length > 1 ? chosen : null,
      shows,
      card: shows === "stage" ? null : { title: cards[shows], text: title },
      brand: { ...UNBRANDED, ...look.brand },
    };
  }

  async #loadOrnament(ornament: Ornament, address: string | null): Promise<void> {
    if (this.#size === null || (this.#ornaments.get(ornament) ?? null) === address) return;
    this.#ornaments.set(ornament, address);
    const picture = address === null ? null : await loadPicture(address);
    const late = this.#ornaments.get(ornament) !== address;
    if (late || this.#lifetime.signal.aborted) picture?.close();
    else this.#post({ type: "ornament", ornament, picture }, picture === null ? [] : [picture]);
  }

  #describe({ id, name, speaking, video, screen = false }: StageTile): WorkerTile {
    if (!usable(video) || this.#size === null) {
      return { id, name, speaking, source: null, whole: false };
    }
    return { id, name, speaking, source: this.#source(video), whole: screen || isScreen(video) };
  }

  #source(track: MediaStreamTrack): number {
    const open = this.#sources.get(track);
    if (open !== undefined) return open;
    this.#opened += 1;
    const source = this.#opened;
    const { readable } = new MediaStreamTrackProcessor({
      track: track as MediaStreamVideoTrack,
      maxBufferSize: 1,
    });
    this.#post({ type: "source", source, readable }, [readable]);
    this.#sources.set(track, source);
    return source;
  }

  #addVoice(track: MediaStreamTrack): void {
    if (this.#voices.has(track)) return;
    this.#opened += 1;
    const voice = this.#opened;
    const { readable } = new MediaStreamTrackProcessor({
      track: track as MediaStreamAudioTrack,
      // Queued audio is late but placed correctly; dropped audio is lost.
      maxBufferSize: 100,
    });
    this.#post({ type: "voice", voice, readable }, [readable]);
    this.#voices.set(track, voice);
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case "started":
        this.#resolveStarted();
        break;
      case "health":
        this.#options.onHealth?.(message.health);
        break;
      case "stopped":
        this.#stopped();
        break;
      case "shown":
        this.#options.onShown?.(message.shows);
        break;
      case "ended":
        this.#ended(message.failed, message.fault);
        break;
    }
  }

  #ended(failed: boolean, fault: Fault): void {
    if (this.#lifetime.signal.aborted) return;
    const asked = this.#stopping !== null;
    this.#release(fault.message);
    if (!asked) this.#options.onEnded({ failed, ...fault });
  }

  #release(why = "The broadcast was stopped before it had begun."): void {
    if (this.#lifetime.signal.aborted) return;
    this.#lifetime.abort();
    this.#stopped();
    this.#rejectStarted(new Error(why));
    this.#worker.terminate();
    this.#sources.clear();
    this.#voices.clear();
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
