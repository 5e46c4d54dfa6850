/** Detects that packets suddenly stop: the network path is dead. Pure. */

/** Packets per second: fewer are occasional reports, not media. */
const FLOW = 10;
/** The number of packets in a handshake, before any media. */
const HANDSHAKE = 10;

/** Takes, once a second, the total number of packets received on a connection. */
export class OutageDetector {
  #count = HANDSHAKE;
  #latest = 0;
  #previous = 0;

  /** Whether nothing arrived in the last second, right after media did; true once per outage. */
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
