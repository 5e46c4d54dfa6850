/** Decoded pictures that wait for their moment. Whoever is overtaken is closed at once. */

export interface Picture {
  /** Microseconds of the stream. */
  readonly timestamp: number;
  close(): void;
}

/** Decoders hold only so many pictures: more than this must not wait. */
const MAX_WAITING = 12;

export class PictureQueue<P extends Picture> {
  #waiting: P[] = [];
  #dropped = 0;

  /** Pictures that were never seen. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds the next picture; `moment` is the stream's time that is due now. */
  push(picture: P, moment: number): void {
    this.#waiting.push(picture);
    while (this.#waiting.length > MAX_WAITING) this.#drop();
    this.#overtake(moment);
  }

  /** The newest picture that is due, to be closed by the caller; null if none is. */
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
