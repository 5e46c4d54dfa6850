/** The interface and the common part of all stream players. */

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Frame } from "../shared/frames";
import { person } from "../shared/person";
import type { StreamState } from "../shared/protocol";
import { clockAhead } from "../shared/server-time";
import { type Refusal, type Watched, WatchSocket } from "../shared/watch-socket";
import { type Moment, PlaybackReport } from "./playback-report";
import { mayStep, type PlayerState } from "./state";
import { ViewerPolls } from "./viewer-polls";

/** `none`: the stream has no audio (yet). `blocked`: the browser requires a user gesture first. */
export type SoundState = "none" | "blocked" | "playing";

export interface Figures {
  /** Frames drawn so far, and frames decoded but never shown. */
  frames: number;
  dropped: number;
  /** Milliseconds from the server to the screen: half the round trip, decoding, waiting. */
  latency: number | null;
  /** Milliseconds that the audio lags behind the video; null if it is not measured. */
  lipSync: number | null;
  /** Root mean square of the audio; null if it is not measured. */
  level: number | null;
  width: number;
  height: number;
  /** Seconds behind the live edge, and how far back the viewer can seek. */
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
  /** The ticket for a private stream. */
  ticket?: string | null;
  /** The stream's playlist; a private stream has none. */
  hlsUrl?: string | null;
}

export interface StreamPlayer {
  readonly state: ReadonlySignal<PlayerState>;
  readonly title: ReadonlySignal<string>;
  readonly vod: ReadonlySignal<string | null>;
  /** Whether the broadcast has begun: then a waiting viewer waits for it to resume. */
  readonly begun: ReadonlySignal<boolean>;
  /** Whether there is video, not only audio; and what the video shows. */
  readonly picture: ReadonlySignal<boolean>;
  readonly shows: ReadonlySignal<StreamState["shows"]>;
  readonly refusal: ReadonlySignal<Refusal | null>;
  readonly paused: ReadonlySignal<boolean>;
  readonly sound: ReadonlySignal<SoundState>;
  readonly figures: ReadonlySignal<Figures>;
  /** Days for which the server keeps how this view goes; null if it does not. */
  readonly kept: ReadonlySignal<number | null>;
  readonly polls: ViewerPolls;
  /** Pauses. What arrives meanwhile is kept, as far as the window reaches. */
  pause(): void;
  /** Resumes from where it paused. */
  play(): void;
  /**
   * Seeks to a position `behind` seconds behind the live edge, as far as the window reaches; 0 is
   * live.
   */
  seek(behind: number): void;
  /** From 0 to 1. */
  setVolume(volume: number): void;
  /** Call it from a user gesture: the browser then allows sound. */
  allowSound(): void;
  close(): void;
}

/** Follows the server's reports of a stream; subclasses play it. */
export abstract class BaseStreamPlayer {
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
  readonly kept = signal<number | null>(null);
  readonly polls: ViewerPolls;

  protected readonly end = new AbortController();
  readonly #socket: WatchSocket;
  readonly #report = new PlaybackReport();
  /** When the connection began, or the broadcast, if that came later. */
  #beganAt = performance.now();

  constructor({ socketUrl: url, stream, ticket = null }: PlayerOptions, format: Watched["format"]) {
    const base = new URL("..", url.replace(/^ws/, "http")).href;
    this.polls = new ViewerPolls(
      (poll, choices) => this.#socket.vote(poll, choices),
      () => clockAhead(base),
    );
    this.#socket = new WatchSocket(
      { url, stream, ticket, format, person: ticket === null ? null : person() },
      {
        onState: (state) => this.#onState(state),
        onFrame: (frame) => this.receive(frame),
        onKept: (days) => {
          this.kept.value = days;
          this.#report.restart(this.#beganAt, this.figures.peek().frames);
        },
        onPoll: (message) => this.polls.receive(message),
        onLost: () => {
          this.#beganAt = performance.now();
          this.restart();
          this.polls.lost();
          if (this.state.value !== "ended") this.#step("connecting");
        },
        onRefused: (refusal) => this.fail(refusal),
      },
    );
    this.end.signal.addEventListener(
      "abort",
      effect(() => this.#follow()),
    );
    addEventListener("pagehide", () => this.#tellPlayback(), { signal: this.end.signal });
  }

  /** Round trip to the server in milliseconds; 0 until measured. */
  protected get roundTrip(): number {
    return this.#socket.roundTrip ?? 0;
  }

  close(): void {
    this.#tellPlayback();
    this.end.abort();
    this.#socket.close();
  }

  /** Restarts with the stream as it is now. */
  protected reconnect(): void {
    this.#socket.reconnect();
  }

  protected fail(refusal: Refusal): void {
    this.refusal.value = refusal;
    this.#step("failed");
    this.close();
  }

  /** A frame arrived. */
  protected abstract receive(frame: Frame): void;

  /** What arrived so far belongs to an earlier connection or broadcast. */
  protected abstract restart(): void;

  #step(state: PlayerState): void {
    if (mayStep(this.state.value, state)) this.state.value = state;
  }

  #follow(): void {
    const { frames } = this.figures.value;
    const visible = document.visibilityState === "visible";
    const now: Moment = {
      live: this.state.value === "live",
      moving: this.picture.value && !this.paused.value && visible,
      frames,
      sound: this.sound.value === "playing",
    };
    if (this.#report.update(now, performance.now())) this.#tellPlayback();
  }

  #tellPlayback(): void {
    if (this.kept.peek() !== null) this.#socket.report(this.#report.describe(performance.now()));
  }

  #onState({ state, title, vod, since, picture, shows }: StreamState): void {
    this.title.value = title;
    this.vod.value = vod;
    this.begun.value = since !== null;
    this.picture.value = picture;
    this.shows.value = shows;
    if (state !== "live") {
      this.restart();
      this.#beganAt = performance.now();
    }
    if (state === "ended") this.polls.ended();
    this.#step(state);
  }
}
