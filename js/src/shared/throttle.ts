/** Throttles changes: reports the first at once, then the newest after each interval. */
export class Throttle<T> {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #latest: { value: T } | null = null;

  constructor(
    /** Milliseconds. */
    readonly pause: number,
    readonly say: (value: T) => void,
  ) {}

  tell(value: T): void {
    if (this.#timer !== undefined) {
      this.#latest = { value };
      return;
    }
    this.say(value);
    this.#timer = setTimeout(() => {
      const latest = this.#latest;
      this.clear();
      if (latest) this.tell(latest.value);
    }, this.pause);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#latest = null;
  }
}
