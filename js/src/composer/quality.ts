/**
 * How much to send. Pictures are skipped before they would queue; where that happens again and
 * again, the bit rate and then the frame rate go down, and up again step by step when it is over.
 */

export interface Quality {
  /** Parts of the full rates. */
  bitrate: number;
  framerate: number;
}

const LADDER: readonly [Quality, ...Quality[]] = [
  { bitrate: 1, framerate: 1 },
  { bitrate: 0.65, framerate: 1 },
  { bitrate: 0.45, framerate: 0.5 },
  { bitrate: 0.25, framerate: 0.5 },
];

/** A second in which more than this part of the pictures was skipped is a bad one. */
const BAD = 0.2;
/** Good seconds before the next higher step is tried; doubled each time that was too much. */
const PATIENCE = 6;
const MAX_PATIENCE = 96;

export class QualityLadder {
  #step = 0;
  #good = 0;
  #bad = 0;
  #patience = PATIENCE;
  #climbed = false;

  get quality(): Quality {
    return LADDER[this.#step] ?? LADDER[0];
  }

  /** Takes one second's count; returns whether the quality changed. */
  second(sent: number, skipped: number): boolean {
    if (skipped > BAD * (sent + skipped)) {
      this.#good = 0;
      this.#bad += 1;
      if (this.#bad < 2 || this.#step === LADDER.length - 1) return false;
      if (this.#climbed) this.#patience = Math.min(MAX_PATIENCE, this.#patience * 2);
      this.#climbed = false;
      this.#bad = 0;
      this.#step += 1;
      return true;
    }
    this.#bad = 0;
    this.#good += 1;
    if (this.#good < this.#patience || this.#step === 0) return false;
    this.#good = 0;
    this.#climbed = true;
    this.#step -= 1;
    return true;
  }
}
