/**
 * How large this page shows the pictures of the others, told to each of them: no page sends what
 * no page shows. The screens say what they lay out; what is told follows, rounded and not too often.
 */

import { MOST_LINES } from "../../shared/picture";

/** Lines at which pictures are shown, in pixels of the screen; 0 where they are not. */
export interface Shown {
  camera: number;
  screen: number;
}

export interface VideoConstraintsOptions {
  tell: (to: string, shown: Shown) => void;
}

const PAUSE = 250;
/** Lines are told in steps of this: a tile that grows by a little is no news. */
const STEP = 30;
export const NOT_SHOWN: Shown = { camera: 0, screen: 0 };

export class VideoConstraints {
  readonly #options: VideoConstraintsOptions;
  readonly #shown = new Map<string, Shown>();
  readonly #told = new Map<string, Shown>();
  #visible = true;
  #floor = NOT_SHOWN;
  #scale = 1;
  #ceiling = MOST_LINES;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: VideoConstraintsOptions) {
    this.#options = options;
  }

  /** A participant's pictures are laid out in this size now; what is left out stays as it was. */
  show(id: string, shown: Partial<Shown>): void {
    const known = this.#shown.get(id);
    // The tile of a participant who has left goes a moment later.
    if (!known && !shown.camera && !shown.screen) return;
    this.#shown.set(id, { ...(known ?? NOT_SHOWN), ...shown });
    this.#update(id);
  }

  /** Whether the page is looked at, as against a tab in the background. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#updateAll();
  }

  /** Lines that every picture has at least, shown or not: what a broadcast from this page needs. */
  setFloor(floor: Shown): void {
    this.#floor = floor;
    this.#updateAll();
  }

  /** How much of what is shown this machine keeps up with, from 0 to 1: no more is asked for. */
  setScale(scale: number): void {
    if (scale === this.#scale) return;
    this.#scale = scale;
    this.#updateAll();
  }

  /** Lines that no camera's picture needs more than, however large it is shown. */
  setCeiling(lines: number): void {
    this.#ceiling = lines;
    this.#updateAll();
  }

  /** The other does not know it (any more): a new page, a new connection. */
  retell(id: string): void {
    if (!this.#shown.has(id)) this.#shown.set(id, NOT_SHOWN);
    this.#tell(id);
  }

  forget(id: string): void {
    this.#shown.delete(id);
    this.#told.delete(id);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#shown.clear();
    this.#told.clear();
    this.#floor = NOT_SHOWN;
  }

  #updateAll(): void {
    for (const id of this.#shown.keys()) this.#update(id);
  }

  #update(id: string): void {
    const wanted = this.#wanted(id);
    const told = this.#told.get(id);
    if (told && same(told, wanted)) return;
    // A participant who comes into view is told at once.
    const appears = (wanted.camera > 0 && !told?.camera) || (wanted.screen > 0 && !told?.screen);
    if (appears) this.#tell(id);
    else this.#timer ??= setTimeout(() => this.#flush(), PAUSE);
  }

  #flush(): void {
    this.#timer = undefined;
    for (const id of this.#shown.keys()) {
      const told = this.#told.get(id);
      if (!told || !same(told, this.#wanted(id))) this.#tell(id);
    }
  }

  #tell(id: string): void {
    const wanted = this.#wanted(id);
    this.#told.set(id, wanted);
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
  return Math.min(MOST_LINES, Math.ceil(lines / STEP) * STEP);
}

function same(a: Shown, b: Shown): boolean {
  return a.camera === b.camera && a.screen === b.screen;
}
