/**
 * Buffers what arrived: delivers it at once, or later where the viewer has sought back or
 * paused. Pure: the caller passes the clock, in milliseconds.
 */

import { type Frame, Kind, Track } from "../shared/frames";

interface Entry {
  frame: Frame;
  at: number;
}

export interface DelayLineOptions {
  /** The window, in milliseconds. */
  keep: number;
  /** The most bytes it keeps. */
  size: number;
  /** The track that seeking uses: video, or audio if there is no video. */
  lead?: () => Track;
  /** The next frame does not follow the last one: reset the decoders. */
  onJump: () => void;
  /** Receives what is due. */
  release: (frame: Frame) => void;
}

export class DelayLine {
  readonly #options: DelayLineOptions;
  #entries: Entry[] = [];
  #bytes = 0;
  /** The index of the next entry to deliver. */
  #next = 0;
  #delay = 0;
  #held = false;
  /** Whether the next entry fell out of the window. */
  #overtaken = false;
  /** The setup that applied before the oldest entry. */
  #before = new Map<Track, Frame>();

  constructor(options: DelayLineOptions) {
    this.#options = options;
  }

  /** Whether the viewer is at the live edge. */
  get live(): boolean {
    return this.#delay === 0 && !this.#held;
  }

  /** Milliseconds behind the live edge. */
  behind(now: number): number {
    const next = this.#entries[this.#next];
    if (this.#held) return next ? Math.max(this.#delay, now - next.at) : this.#delay;
    return this.#delay;
  }

  /** Milliseconds that the viewer can seek back. */
  kept(now: number): number {
    const oldest = this.#entries.find(({ frame }) => this.#isStart(frame));
    return oldest ? now - oldest.at : 0;
  }

  push(frame: Frame, now: number): void {
    this.#entries.push({ frame, at: now });
    this.#bytes += frame.payload.byteLength;
    if (this.live) {
      this.#next = this.#entries.length;
      this.#options.release(frame);
    }
    this.#forget(now);
  }

  /** Delivers everything that is due. */
  advance(now: number): void {
    if (this.#held) return;
    if (this.#overtaken) {
      this.seek(this.kept(now), now);
      return;
    }
    for (;;) {
      const entry = this.#entries[this.#next];
      if (!entry || entry.at + this.#delay > now) return;
      this.#next += 1;
      this.#options.release(entry.frame);
    }
  }

  /** Pauses until `seek` says where to resume. */
  hold(): void {
    this.#held = true;
  }

  /** Seeks to a position `behind` milliseconds behind the live edge. */
  seek(behind: number, now: number): void {
    this.#held = this.#overtaken = false;
    this.#options.onJump();
    this.#delay = Math.max(0, Math.min(behind, this.kept(now)));
    const start = this.#startBefore(now - this.#delay);
    const setups = new Map(this.#before);
    for (const { frame } of this.#entries.slice(0, start)) {
      if (frame.kind === Kind.setup) setups.set(frame.track, frame);
    }
    for (const setup of setups.values()) this.#options.release(setup);
    this.#next = start;
    this.advance(now);
  }

  /** Drops everything: the stream ended, or its connection was lost. */
  clear(): void {
    this.#entries = [];
    this.#bytes = 0;
    this.#next = 0;
    this.#delay = 0;
    this.#overtaken = false;
    this.#before.clear();
  }

  /** The last keyframe that had arrived by then; else the first one. */
  #startBefore(moment: number): number {
    let start = this.#entries.findIndex(({ frame }) => this.#isStart(frame));
    for (const [index, { frame, at }] of this.#entries.entries()) {
      if (at > moment) break;
      if (this.#isStart(frame)) start = index;
    }
    return start < 0 ? this.#entries.length : start;
  }

  /** Whether decoding can start with it. Every audio packet decodes on its own. */
  #isStart({ kind, track, keyframe }: Frame): boolean {
    const lead = this.#options.lead?.() ?? Track.video;
    return kind === Kind.media && track === lead && (keyframe || lead === Track.audio);
  }

  #forget(now: number): void {
    let gone = 0;
    let bytes = this.#bytes;
    for (const { frame, at } of this.#entries) {
      if (now - at <= this.#options.keep && bytes <= this.#options.size) break;
      if (frame.kind === Kind.setup) this.#before.set(frame.track, frame);
      bytes -= frame.payload.byteLength;
      gone += 1;
    }
    if (gone === 0) return;
    this.#entries.splice(0, gone);
    this.#bytes = bytes;
    // After a pause longer than the window, resume with the oldest entry.
    this.#overtaken ||= gone > this.#next;
    this.#next = Math.max(0, this.#next - gone);
  }
}
