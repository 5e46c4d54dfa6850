/** Decoded frames that wait until they are due. Skipped frames are closed at once. */

export interface QueuedFrame {
  /** Stream time in microseconds. */
  readonly timestamp: number;
  close(): void;
}

/** Decoders have a limited pool of frames: no more than this may wait. */
const MAX_WAITING = 12;

export class FrameQueue<P extends QueuedFrame> {
  #waiting: P[] = [];
  #dropped = 0;

  /** Frames that were never shown. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds the next frame; `moment` is the stream time that is due now. */
  push(picture: P, moment: number): void {
    this.#waiting.push(picture);
    while (this.#waiting.length > MAX_WAITING) this.#drop();
    this.#overtake(moment);
  }

  /** The newest due frame, which the caller closes; null if none is due. */
  take(moment: number): P | null {
    this.#overtake(moment);
    const [first] = this.#waiting;
    if (first === undefined || first.timestamp > moment) return null;
    this.#waiting.shift();
    return first;
  }

  clear(): void {
    for (const picture of this.#waiting) picture.close();
    this.#waiting = [];
  }

  #overtake(moment: number): void {
    for (let next = this.#waiting[1]; next !== undefined; next = this.#waiting[1]) {
      if (next.timestamp > moment) return;
      this.#drop();
    }
  }

  #drop(): void {
    this.#waiting.shift()?.close();
    this.#dropped += 1;
  }
}
