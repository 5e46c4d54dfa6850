/** What every way of playing a stream has in common, as the page of a viewer knows it. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Frame } from "../shared/frames";
import type { StreamState } from "../shared/protocol";
import { mayStep, type PlayerState } from "./state";
import { type Refusal, type Watched, WatchSocket } from "./watch-socket";

/** `none`: the stream has no sound (yet). `blocked`: the browser wants a gesture first. */
export type SoundState = "none" | "blocked" | "playing";

export interface Figures {
  /** Pictures drawn so far, and decoded but never seen. */
  frames: number;
  dropped: number;
  /** Milliseconds from the server to the screen: half the round trip, decoding, waiting. */
  latency: number | null;
  /** Milliseconds that the sound is later than the picture; null where nobody measures it. */
  lipSync: number | null;
  /** Root mean square of the sound; null where nobody measures it. */
  level: number | null;
  width: number;
  height: number;
  /** Seconds behind what is live, and how far back one can go. */
  behind: number;
  kept: number;
}

export const NO_FIGURES: Figures = {
  frames: 0,
  dropped: 0,
  latency: null,
  lipSync: null,
  level: 0,
  width: 0,
  height: 0,
  behind: 0,
  kept: 0,
};

export interface PlayerOptions {
  socketUrl: string;
  workletUrl: string;
  stream: string;
  /** What opens a stream that is not public. */
  ticket?: string | null;
  /** The stream's playlist; one that is not public has none. */
  hlsUrl?: string | null;
}

export interface StreamPlayer {
  readonly state: ReadonlySignal<PlayerState>;
  readonly title: ReadonlySignal<string>;
  readonly vod: ReadonlySignal<string | null>;
  /** Whether the broadcast has begun: then who waits waits for it to go on. */
  readonly begun: ReadonlySignal<boolean>;
  /** Whether there is a picture, and not sound alone; and what it shows. */
  readonly picture: ReadonlySignal<boolean>;
  readonly shows: ReadonlySignal<StreamState["shows"]>;
  readonly refusal: ReadonlySignal<Refusal | null>;
  readonly paused: ReadonlySignal<boolean>;
  readonly sound: ReadonlySignal<SoundState>;
  readonly figures: ReadonlySignal<Figures>;
  /** Stands still. What comes meanwhile is kept, as far as the window reaches. */
  pause(): void;
  /** Goes on from where it stood. */
  play(): void;
  /** Goes so many seconds behind what is live, as far as the window reaches; 0 is live. */
  seek(behind: number): void;
  /** From 0 to 1. */
  setVolume(volume: number): void;
  /** To be called from a gesture: the browser then lets the sound be heard. */
  allowSound(): void;
  close(): void;
}

/** Follows what the server says of a stream; how it is played is for those that extend it. */
export abstract class Follower {
  readonly state = signal<PlayerState>("connecting");
  readonly title = signal("");
  readonly vod = signal<string | null>(null);
  readonly begun = signal(false);
  readonly picture = signal(true);
  readonly shows = signal<StreamState["shows"]>("stage");
  readonly refusal = signal<Refusal | null>(null);
  readonly paused = signal(false);
  readonly sound = signal<SoundState>("none");
  readonly figures = signal(NO_FIGURES);

  protected readonly end = new AbortController();
  readonly #socket: WatchSocket;

  constructor({ socketUrl: url, stream, ticket = null }: PlayerOptions, format: Watched["format"]) {
    this.#socket = new WatchSocket(
      { url, stream, ticket, format },
      {
        onState: (state) => this.#follow(state),
        onFrame: (frame) => this.receive(frame),
        onLost: () => {
          this.restart();
          if (this.state.value !== "ended") this.#step("connecting");
        },
        onRefused: (refusal) => this.fail(refusal),
      },
    );
  }

  /** Milliseconds to the server and back; 0 until measured. */
  protected get roundTrip(): number {
    return this.#socket.roundTrip ?? 0;
  }

  close(): void {
    this.end.abort();
    this.#socket.close();
  }

  /** Begins anew with what the stream is now. */
  protected again(): void {
    this.#socket.again();
  }

  protected fail(refusal: Refusal): void {
    this.refusal.value = refusal;
    this.#step("failed");
    this.close();
  }

  /** A frame came. */
  protected abstract receive(frame: Frame): void;

  /** What came so far belongs to a connection, or a broadcast, that is over. */
  protected abstract restart(): void;

  #step(state: PlayerState): void {
    if (mayStep(this.state.value, state)) this.state.value = state;
  }

  #follow({ state, title, vod, since, picture, shows }: StreamState): void {
    this.title.value = title;
    this.vod.value = vod;
    this.begun.value = since !== null;
    this.picture.value = picture;
    this.shows.value = shows;
    if (state !== "live") this.restart();
    this.#step(state);
  }
}
