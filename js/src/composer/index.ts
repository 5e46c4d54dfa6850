/** Broadcasts the stage from this page: the page's side of the composer. */

import type { Card, FromWorker, Health, Look, ToWorker, WorkerTile } from "./messages";
import { Mixer } from "./mixer";

export type { Card, Health } from "./messages";

export interface StageTile {
  id: string;
  name: string;
  video: MediaStreamTrack | null;
  audio: MediaStreamTrack | null;
  speaking: boolean;
  /** Whether it is a shared screen: nothing of that is cut off, and it is large. */
  screen?: boolean;
}

/** How the stage looks, beside its tiles. */
export interface StageLook {
  /** What the broadcast is about. */
  title: string;
  /** Who is large if no screen is shared; tiles of one size if nobody, or nobody who is there. */
  large?: string | null;
  /** Shown instead of the stage; where `hush` is set, nothing is heard either. */
  card?: Card | null;
  hush?: boolean;
  /** A CSS colour. */
  background?: string | null;
  /** What stands over an empty stage. */
  soon?: string;
}

export interface StageOptions {
  ingestUrl: string;
  ticket: string;
  look: StageLook;
  /** Where `composer.js` is. */
  workerUrl: string;
  /** Pixels, 640 by default. */
  width?: number;
  /** Pixels, 360 by default. */
  height?: number;
  /** Pictures a second, 30 by default. */
  framerate?: number;
  /** Told once a second. */
  onHealth?(health: Health): void;
  /** The broadcast ended without `stop` and without the signal. Called once. */
  onEnded(reason: { failed: boolean; message: string }): void;
  signal: AbortSignal;
}

/** Longer than the composer's own bounds together: then the Worker hangs. */
const STOP_MS = 4_000;

/** A shared screen must not lose its edges, as a camera may. */
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

/**
 * One broadcast of the stage, from construction to `stop`, the signal, or `onEnded`.
 *
 * It reads the tracks of the room as they are, not clones of them: a camera or microphone that is
 * switched off in the room is dark and silent in the broadcast too. It never stops a track.
 */
export class StageBroadcast {
  /** Resolves when the server has the first picture; rejects if it ends before. */
  readonly started: Promise<void>;

  readonly #options: StageOptions;
  readonly #worker: Worker;
  readonly #mixer: Mixer;
  readonly #lifetime = new AbortController();
  readonly #sources = new Map<MediaStreamTrack, number>();
  #nextSource = 1;
  #resolveStarted: () => void = () => undefined;
  #rejectStarted: (error: Error) => void = () => undefined;
  #stopping: Promise<void> | null = null;
  #stopped: () => void = () => undefined;

  /** Null if this browser can broadcast, else why not, in plain words. */
  static supported(): string | null {
    const missing = [
      "VideoEncoder",
      "AudioEncoder",
      "MediaStreamTrackProcessor",
      "OffscreenCanvas",
      "AudioContext",
    ].some((name) => !(name in globalThis));
    if (!missing) return null;
    return globalThis.isSecureContext
      ? "This browser cannot broadcast. Chrome, Edge or another browser built on Chromium can."
      : "Broadcasting needs a secure page: open the meeting over https or on localhost.";
  }

  constructor(options: StageOptions) {
    this.#options = options;
    this.started = new Promise((resolve, reject) => {
      this.#resolveStarted = resolve;
      this.#rejectStarted = reject;
    });
    // Whoever does not wait for it hears of a failure through onEnded.
    this.started.catch(() => undefined);
    this.#worker = new Worker(options.workerUrl, { name: "composer" });
    this.#mixer = new Mixer();
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    this.#worker.onerror = () =>
      this.#ended(true, "The part that composes the picture broke down.");
    options.signal.addEventListener("abort", () => this.#release(), {
      once: true,
      signal: this.#lifetime.signal,
    });
    this.#post({
      type: "open",
      ingestUrl: options.ingestUrl,
      ticket: options.ticket,
      look: this.#look([], options.look),
      width: options.width ?? 640,
      height: options.height ?? 360,
      framerate: options.framerate ?? 30,
    });
    const { readable } = new MediaStreamTrackProcessor({
      track: this.#mixer.track as MediaStreamAudioTrack,
      // Sound that waits is placed late but right; sound that is dropped is lost.
      maxBufferSize: 100,
    });
    this.#post({ type: "sound", readable }, [readable]);
    if (options.signal.aborted) this.#release();
  }

  /** Shows these tiles from now on, in this order; the first nine of them. */
  setStage(tiles: StageTile[], look: StageLook): void {
    if (this.#lifetime.signal.aborted || this.#stopping !== null) return;
    const videos = new Set(tiles.map(({ video }) => video).filter(usable));
    for (const [track, source] of this.#sources) {
      if (videos.has(track)) continue;
      this.#sources.delete(track);
      this.#post({ type: "close_source", source });
    }
    const heard = look.hush ? [] : tiles.map(({ audio }) => audio);
    this.#mixer.setTracks(new Set(heard.filter(usable)));
    const described = tiles.map((tile) => this.#describe(tile));
    this.#post({ type: "stage", look: this.#look(tiles, look), tiles: described });
  }

  /** Shows a logo in the corner, or none. */
  setLogo(logo: ImageBitmap | null): void {
    if (this.#lifetime.signal.aborted) return;
    this.#post({ type: "logo", logo }, logo === null ? [] : [logo]);
  }

  /** Sends what is still in the encoders, then frees everything. Settles in bounded time. */
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

  #look(tiles: StageTile[], look: StageLook): Look {
    const { title, large = null, card = null, background = null, soon = "Starting soon" } = look;
    const screen = tiles.findIndex((tile) => tile.screen);
    const chosen = screen >= 0 ? screen : tiles.findIndex(({ id }) => id === large);
    return {
      title,
      large: chosen >= 0 && tiles.length > 1 ? chosen : null,
      card: card ?? (tiles.length === 0 ? { title: soon, text: title } : null),
      background,
    };
  }

  #describe({ id, name, speaking, video, screen = false }: StageTile): WorkerTile {
    if (!usable(video)) return { id, name, speaking, source: null, whole: false };
    return { id, name, speaking, source: this.#source(video), whole: screen || isScreen(video) };
  }

  #source(track: MediaStreamTrack): number {
    const open = this.#sources.get(track);
    if (open !== undefined) return open;
    const source = this.#nextSource;
    this.#nextSource += 1;
    const { readable } = new MediaStreamTrackProcessor({
      track: track as MediaStreamVideoTrack,
      maxBufferSize: 1,
    });
    this.#post({ type: "source", source, readable }, [readable]);
    this.#sources.set(track, source);
    return source;
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
      case "ended":
        this.#ended(message.failed, message.message);
        break;
    }
  }

  #ended(failed: boolean, message: string): void {
    if (this.#lifetime.signal.aborted) return;
    const asked = this.#stopping !== null;
    this.#release(message);
    if (!asked) this.#options.onEnded({ failed, message });
  }

  #release(why = "The broadcast was stopped before it had begun."): void {
    if (this.#lifetime.signal.aborted) return;
    this.#lifetime.abort();
    this.#stopped();
    this.#rejectStarted(new Error(why));
    this.#worker.terminate();
    this.#mixer.close();
    this.#sources.clear();
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
