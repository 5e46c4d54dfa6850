/**
 * The sizes at which this page shows the others' video, reported to each of them so that no page
 * sends video that no page shows. Views set the layout sizes; reports follow, rounded and
 * throttled.
 */

import { MAX_LINES } from "../../shared/video-limits";

/** The lines at which video is shown, in device pixels; 0 if it is not. */
export interface Shown {
  camera: number;
  screen: number;
}

export interface VideoConstraintsOptions {
  tell: (to: string, shown: Shown) => void;
}

const PAUSE = 250;
/** Reported lines are rounded to this step: a tile that grows slightly causes no report. */
const STEP = 30;
export const NOT_SHOWN: Shown = { camera: 0, screen: 0 };

export class VideoConstraints {
  readonly #options: VideoConstraintsOptions;
  readonly #shown = new Map<string, Shown>();
  readonly #reported = new Map<string, Shown>();
  #visible = true;
  #floor = NOT_SHOWN;
  #scale = 1;
  #ceiling = MAX_LINES;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: VideoConstraintsOptions) {
    this.#options = options;
  }

  /** Sets the layout size of a participant's video; omitted values stay unchanged. */
  show(id: string, shown: Partial<Shown>): void {
    const known = this.#shown.get(id);
    // The tile of a participant who left is removed a moment later.
    if (!known && !shown.camera && !shown.screen) return;
    this.#shown.set(id, { ...(known ?? NOT_SHOWN), ...shown });
    this.#update(id);
  }

  /** Whether the page is visible, not a tab in the background. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#updateAll();
  }

  /** The minimum for every video, shown or not: what a broadcast from this page needs. */
  setFloor(floor: Shown): void {
    this.#floor = floor;
    this.#updateAll();
  }

  /** The share of the shown lines that this machine can render in time, from 0 to 1. */
  setScale(scale: number): void {
    if (scale === this.#scale) return;
    this.#scale = scale;
    this.#updateAll();
  }

  /** The most lines requested from any camera, however large it is shown. */
  setCeiling(lines: number): void {
    this.#ceiling = lines;
    this.#updateAll();
  }

  /** The other side does not know the sizes (any more): a new page, a new connection. */
  retell(id: string): void {
    if (!this.#shown.has(id)) this.#shown.set(id, NOT_SHOWN);
    this.#report(id);
  }

  forget(id: string): void {
    this.#shown.delete(id);
    this.#reported.delete(id);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#shown.clear();
    this.#reported.clear();
    this.#floor = NOT_SHOWN;
  }

  #updateAll(): void {
    for (const id of this.#shown.keys()) this.#update(id);
  }

  #update(id: string): void {
    const wanted = this.#wanted(id);
    const reported = this.#reported.get(id);
    if (reported && same(reported, wanted)) return;
    // Report a participant who comes into view at once.
    const appears =
      (wanted.camera > 0 && !reported?.camera) || (wanted.screen > 0 && !reported?.screen);
    if (appears) this.#report(id);
    else this.#timer ??= setTimeout(() => this.#flush(), PAUSE);
  }

  #flush(): void {
    this.#timer = undefined;
    for (const id of this.#shown.keys()) {
      const reported = this.#reported.get(id);
      if (!reported || !same(reported, this.#wanted(id))) this.#report(id);
    }
  }

  #report(id: string): void {
    const wanted = this.#wanted(id);
    this.#reported.set(id, wanted);
    this.#options.tell(id, wanted);
  }

  #wanted(id: string): Shown {
    const shown = this.#visible ? (this.#shown.get(id) ?? NOT_SHOWN) : NOT_SHOWN;
    return {
      camera: rounded(
        Math.max(Math.min(shown.camera * this.#scale, this.#ceiling), this.#floor.camera),
      ),
      screen: rounded(Math.max(shown.screen, this.#floor.screen)),
    };
  }
}

function rounded(lines: number): number {
  return Math.min(MAX_LINES, Math.ceil(lines / STEP) * STEP);
}

function same(a: Shown, b: Shown): boolean {
  return a.camera === b.camera && a.screen === b.screen;
}
