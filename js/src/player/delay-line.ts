/**
 * What arrived, kept for a while: it goes on at once, or later where the viewer has gone back or
 * stands still. Pure: the clock comes from outside, in milliseconds.
 */

import { type Frame, Kind, Track } from "../shared/frames";

interface Entry {
  frame: Frame;
  at: number;
}

export interface DelayLineOptions {
  /** Milliseconds that are kept. */
  keep: number;
  /** Bytes that are kept at the most. */
  size: number;
  /** The track by which one finds one's way: sound, where there is no picture; else that. */
  lead?: () => Track;
  /** What is due next does not follow what went before: decoders have to begin anew. */
  onJump: () => void;
  /** Takes what is due. */
  release: (frame: Frame) => void;
}

export class DelayLine {
  readonly #options: DelayLineOptions;
  #entries: Entry[] = [];
  #bytes = 0;
  /** What goes on next, as an index of the entries. */
  #next = 0;
  #delay = 0;
  #held = false;
  /** Whether what was due next is not kept any more. */
  #overtaken = false;
  /** The set-up that was in force before the oldest entry. */
  #before = new Map<Track, Frame>();

  constructor(options: DelayLineOptions) {
    this.#options = options;
  }

  /** Whether the viewer sees what is live. */
  get live(): boolean {
    return this.#delay === 0 && !this.#held;
  }

  /** Milliseconds that the viewer is behind what is live. */
  behind(now: number): number {
    const next = this.#entries[this.#next];
    if (this.#held) return next ? Math.max(this.#delay, now - next.at) : this.#delay;
    return this.#delay;
  }

  /** Milliseconds that he could go back. */
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

  /** Lets everything go on that is due. */
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

  /** Stands still, until `seek` names where to go on: decoders do not wait meanwhile. */
  hold(): void {
    this.#held = true;
  }

  /** Goes to a place so many milliseconds behind what is live. */
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

  /** Forgets everything: the stream has ended, or its connection was lost. */
  clear(): void {
    this.#entries = [];
    this.#bytes = 0;
    this.#next = 0;
    this.#delay = 0;
    this.#overtaken = false;
    this.#before.clear();
  }

  /** The last picture that can be decoded by itself and arrived by then; else the first one. */
  #startBefore(moment: number): number {
    let start = this.#entries.findIndex(({ frame }) => this.#isStart(frame));
    for (const [index, { frame, at }] of this.#entries.entries()) {
      if (at > moment) break;
      if (this.#isStart(frame)) start = index;
    }
    return start < 0 ? this.#entries.length : start;
  }

  /** Whether decoders can begin with it. Every packet of sound can be decoded by itself. */
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
    // Whoever stood still for too long goes on with the oldest that there is.
    this.#overtaken ||= gone > this.#next;
    this.#next = Math.max(0, this.#next - gone);
  }
}
