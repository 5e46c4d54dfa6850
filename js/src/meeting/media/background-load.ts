/**
 * The camera size at which this machine can replace the background in time. Pure: decisions only.
 */

import type { Capture } from "./camera";

/** The camera's ceiling, step by step. */
export const CEILINGS: readonly Capture[] = [
  { height: 720, framerate: 30 },
  { height: 360, framerate: 24 },
  { height: 360, framerate: 15 },
  { height: 180, framerate: 10 },
];
/** The share of the frame interval above which frames are dropped. */
const TOO_MUCH = 0.8;
/** Below this share, the previous step may work again. */
const LITTLE = 0.25;
/** Reports in a row, each over some seconds: another program may cause a single slow one. */
const REPORTS_IN_A_ROW = 2;
const RECOVERY = 8;

export class BackgroundLoad {
  #step = 0;
  #over = 0;
  #under = 0;

  /** Whether the ceiling is below what the camera delivers without a background. */
  get slow(): boolean {
    return this.#step > 0;
  }

  get ceiling(): Capture | null {
    return this.slow ? (CEILINGS[this.#step] ?? null) : null;
  }

  /**
   * `each`: milliseconds per frame, at `framerate` frames per second. Returns whether the ceiling
   * changed.
   */
  report(each: number, framerate: number): boolean {
    const share = (each * framerate) / 1000;
    this.#over = share > TOO_MUCH ? this.#over + 1 : 0;
    this.#under = share < LITTLE ? this.#under + 1 : 0;
    const down = this.#over >= REPORTS_IN_A_ROW && this.#step < CEILINGS.length - 1;
    const up = this.#under >= RECOVERY && this.#step > 0;
    if (!down && !up) return false;
    this.#step += down ? 1 : -1;
    [this.#over, this.#under] = [0, 0];
    return true;
  }
}
