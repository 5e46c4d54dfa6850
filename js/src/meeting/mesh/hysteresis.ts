/**
 * How many steps to go down from the best quality: down fast, up slowly, and more slowly after each
 * step up that failed, so that it settles on what holds. Pure.
 */

/** `far_too_much` steps down to the last step at once. */
export type Verdict = "far_too_much" | "too_much" | "enough" | "to_spare";

export interface HysteresisOptions {
  steps: number;
  /** Whether only `far_too_much` leads to the last step. */
  lastIsForWorst?: boolean;
  /** How many bad verdicts in a row cause a step down. */
  alarm: number;
  /** How many `to_spare` verdicts in a row cause a step up, at first and at most. */
  patience: number;
  maxPatience: number;
  /** The initial step; 0 is the best. */
  first?: number;
}

export class Hysteresis {
  readonly #options: HysteresisOptions;
  #step: number;
  #alarms = 0;
  #calm = 0;
  #patience: number;
  #climbed = false;

  constructor(options: HysteresisOptions) {
    this.#options = options;
    this.#step = options.first ?? 0;
    this.#patience = options.patience;
  }

  get step(): number {
    return this.#step;
  }

  /** Adds a verdict; returns whether the step changed. */
  update(verdict: Verdict): boolean {
    const { steps, lastIsForWorst, alarm, maxPatience } = this.#options;
    const far = verdict === "far_too_much";
    this.#alarms = far || verdict === "too_much" ? this.#alarms + 1 : 0;
    this.#calm = verdict === "to_spare" ? this.#calm + 1 : 0;
    const lowest = lastIsForWorst && !far ? steps - 1 : steps;
    if (this.#alarms >= alarm && this.#step < lowest) {
      if (this.#climbed) this.#patience = Math.min(maxPatience, this.#patience * 2);
      this.#climbed = false;
      this.#alarms = 0;
      this.#step = far ? steps : this.#step + 1;
      return true;
    }
    if (this.#calm >= this.#patience && this.#step > 0) {
      this.#calm = 0;
      this.#climbed = true;
      this.#step -= 1;
      return true;
    }
    return false;
  }
}
