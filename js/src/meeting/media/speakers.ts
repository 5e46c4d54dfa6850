/**
 * Detects speakers from sound levels between 0 and 1. Pure: the caller passes the levels and the
 * clock.
 */

export interface Speakers {
  speaking: ReadonlySet<string>;
  /** The dominant speaker; unchanged while everyone is silent. */
  dominant: string | null;
}

const THRESHOLD = 0.02;
/** Milliseconds that a pause between words may last. */
const HOLD = 700;
/** Milliseconds of speech after which a participant becomes the dominant speaker. */
const TAKE_FLOOR = 800;

export class SpeakerDetector {
  readonly #lastHeard = new Map<string, number>();
  readonly #since = new Map<string, number>();
  #dominant: string | null = null;

  update(levels: ReadonlyMap<string, number>, now: number): Speakers {
    for (const id of [...this.#lastHeard.keys()]) if (!levels.has(id)) this.#forget(id);
    for (const [id, level] of levels) {
      if (level >= THRESHOLD) {
        this.#lastHeard.set(id, now);
        if (!this.#since.has(id)) this.#since.set(id, now);
      } else if (now - (this.#lastHeard.get(id) ?? Number.NEGATIVE_INFINITY) > HOLD) {
        this.#forget(id);
      }
    }
    const speaking = new Set(this.#since.keys());
    if (this.#dominant !== null && !levels.has(this.#dominant)) this.#dominant = null;
    if (this.#dominant === null || !speaking.has(this.#dominant)) {
      const patience = this.#dominant === null ? 0 : TAKE_FLOOR;
      const longest = [...this.#since].sort(([, a], [, b]) => a - b)[0];
      if (longest && now - longest[1] >= patience) this.#dominant = longest[0];
    }
    return { speaking, dominant: this.#dominant };
  }

  #forget(id: string): void {
    this.#lastHeard.delete(id);
    this.#since.delete(id);
  }
}
