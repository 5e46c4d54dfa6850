/** How a view goes: how long it took to start, and how often it stopped. Pure: the caller has the clock. */

import type { Playback } from "../shared/protocol";

/** What the player knows at a moment. */
export interface Moment {
  /** Whether the server says that the stream is live. */
  live: boolean;
  /** Whether pictures are expected now: not paused, not hidden, not sound alone. */
  moving: boolean;
  /** Pictures shown so far. */
  frames: number;
  /** Whether sound is heard. */
  sound: boolean;
}

/** Milliseconds without a new picture that are a halt: programs may send one picture a second. */
const HALT_MS = 2_000;
/** Milliseconds between two reports of a halt that goes on. */
const REPORT_MS = 5_000;

export class PlaybackReport {
  /** When the view began: with the connection, or with the broadcast. */
  #began: number | null = null;
  #startup: number | null = null;
  #frames = 0;
  /** When the last picture was shown; null while none is expected. */
  #shownAt: number | null = null;
  #halts = 0;
  /** Milliseconds of halts that are over. */
  #halted = 0;
  #halting = false;
  #reportedAt = 0;

  /** `frames`: pictures that were shown before; they belong to an earlier connection. */
  restart(now: number, frames: number): void {
    this.#began = now;
    this.#startup = null;
    this.#frames = frames;
    this.#shownAt = null;
    this.#halts = 0;
    this.#halted = 0;
    this.#halting = false;
  }

  /** Returns whether there is something to report. */
  update({ live, moving, frames, sound }: Moment, now: number): boolean {
    if (this.#began === null) return false;
    if (!live) {
      const ended = this.#end(now);
      this.#shownAt = null;
      return ended;
    }
    const shows = frames > this.#frames;
    this.#frames = frames;
    if (this.#startup === null) {
      if (!shows && !sound) return false;
      this.#startup = now - this.#began;
      this.#shownAt = moving ? now : null;
      return true;
    }
    if (!moving || shows || this.#shownAt === null) {
      const ended = this.#end(now);
      this.#shownAt = moving ? now : null;
      return ended;
    }
    if (!this.#halting && now - this.#shownAt >= HALT_MS) {
      this.#halting = true;
      this.#halts += 1;
    }
    return this.#halting && now - this.#reportedAt >= REPORT_MS;
  }

  describe(now: number): Playback {
    this.#reportedAt = now;
    const going = this.#halting && this.#shownAt !== null ? now - this.#shownAt : 0;
    return {
      type: "playback",
      startup: this.#startup === null ? null : seconds(this.#startup),
      halts: this.#halts,
      halted: seconds(this.#halted + going),
    };
  }

  #end(now: number): boolean {
    if (!this.#halting) return false;
    this.#halting = false;
    this.#halted += now - (this.#shownAt ?? now);
    return true;
  }
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
