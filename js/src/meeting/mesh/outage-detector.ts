/** When packets stop coming all at once: the way they came is dead. Pure. */

/** Fewer a second are no media, but reports about it, which come now and then. */
const FLOW = 10;
/** So many packets begin a connection, before any media. */
const HANDSHAKE = 10;

/** Is told once a second how many packets have come so far, from a connection's beginning on. */
export class OutageDetector {
  #count = HANDSHAKE;
  #latest = 0;
  #previous = 0;

  /** Whether nothing came in the last second, right after media did; said once. */
  fell(count: number): boolean {
    const came = Math.max(0, count - this.#count);
    this.#count = Math.max(count, this.#count);
    const flowed = Math.max(this.#latest, this.#previous) >= FLOW;
    const fell = came === 0 && flowed;
    this.#previous = fell ? 0 : this.#latest;
    this.#latest = came;
    return fell;
  }
}
