/** When packets stop coming all at once: the way they came is dead. Pure. */

/** Fewer a second are no media, but reports about it, which come now and then. */
const FLOW = 10;

/** Is told once a second how many packets have come so far. */
export class Silence {
  #count: number | null = null;
  #latest = 0;
  #previous = 0;

  /** Whether nothing came in the last second, right after media did; said once. */
  fell(count: number): boolean {
    const came = this.#count === null ? 0 : count - this.#count;
    this.#count = count;
    const flowed = Math.max(this.#latest, this.#previous) >= FLOW;
    const fell = came === 0 && flowed;
    this.#previous = fell ? 0 : this.#latest;
    this.#latest = came;
    return fell;
  }
}
