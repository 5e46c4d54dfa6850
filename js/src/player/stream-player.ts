/** What every way of playing a stream has in common, as the page of a viewer knows it. */

import type { ReadonlySignal } from "@preact/signals";
import type { PlayerState } from "./state";

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
}

export interface StreamPlayer {
  readonly state: ReadonlySignal<PlayerState>;
  readonly title: ReadonlySignal<string>;
  readonly vod: ReadonlySignal<string | null>;
  readonly refusal: ReadonlySignal<string>;
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
