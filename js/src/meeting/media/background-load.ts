/** How much of a picture this machine can give another background, in time. Pure: decisions only. */

import type { Capture } from "./camera";

/** What the camera shall deliver at most, step by step. */
export const CEILINGS: readonly Capture[] = [
  { height: 720, framerate: 30 },
  { height: 360, framerate: 24 },
  { height: 360, framerate: 15 },
  { height: 180, framerate: 10 },
];
/** Of the time from one picture to the next: more, and pictures are left out. */
const TOO_MUCH = 0.8;
/** So little, and the step before may do again. */
const LITTLE = 0.25;
/** Reports in a row, each of some seconds: one may be another program's moment. */
const PATIENCE = 2;
const RECOVERY = 8;

export class BackgroundLoad {
  #step = 0;
  #over = 0;
  #under = 0;

  /** Whether it is less than what the camera gives without a background. */
  get slow(): boolean {
    return this.#step > 0;
  }

  get ceiling(): Capture | null {
    return this.slow ? (CEILINGS[this.#step] ?? null) : null;
  }

  /** Milliseconds that each picture took, at so many a second. Returns whether the ceiling changed. */
  report(each: number, framerate: number): boolean {
    const share = (each * framerate) / 1000;
    this.#over = share > TOO_MUCH ? this.#over + 1 : 0;
    this.#under = share < LITTLE ? this.#under + 1 : 0;
    const down = this.#over >= PATIENCE && this.#step < CEILINGS.length - 1;
    const up = this.#under >= RECOVERY && this.#step > 0;
    if (!down && !up) return false;
    this.#step += down ? 1 : -1;
    [this.#over, this.#under] = [0, 0];
    return true;
  }
}
