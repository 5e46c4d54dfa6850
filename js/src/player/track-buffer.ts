/** One track on its way into a MediaSource: one append at a time, and what is old makes room. */

/** So many fragments may wait: about four seconds of pictures. */
const MAX_WAITING = 150;

export class TrackBuffer {
  readonly #source: MediaSource;
  readonly #owner = new AbortController();
  #buffer: SourceBuffer | null = null;
  #waiting: Uint8Array[] = [];
  #type = "";

  constructor(source: MediaSource) {
    this.#source = source;
    source.addEventListener("sourceopen", () => this.#next(), { signal: this.#owner.signal });
  }

  /** From where until when it can be played, in seconds; null if nothing can. */
  get range(): { start: number; end: number } | null {
    // A buffer that was taken from its source has none.
    if (!this.#buffer || this.#source.readyState !== "open") return null;
    const { buffered } = this.#buffer;
    if (buffered.length === 0) return null;
    return { start: buffered.start(buffered.length - 1), end: buffered.end(buffered.length - 1) };
  }

  begin(type: string, header: Uint8Array): void {
    this.#type = type;
    this.append(header);
  }

  append(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    // A browser that takes nothing any more must not fill the memory.
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    this.#next();
  }

  /** Forgets what is older than a moment, now and then. */
  forget(before: number): void {
    const buffer = this.#buffer;
    const oldest = buffer?.buffered.length ? buffer.buffered.start(0) : before;
    if (!buffer || buffer.updating || before - oldest < 10) return;
    buffer.remove(0, before);
  }

  close(): void {
    this.#owner.abort();
    this.#waiting = [];
    this.#buffer = null;
  }

  #next(): void {
    if (this.#source.readyState !== "open" || this.#owner.signal.aborted) return;
    this.#buffer ??= this.#create();
    if (this.#buffer.updating) return;
    const bytes = this.#waiting.shift();
    if (bytes === undefined) return;
    try {
      this.#buffer.appendBuffer(bytes as Uint8Array<ArrayBuffer>);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
      // The browser's own bound was reached before ours: the older half makes room.
      this.#waiting.unshift(bytes);
      const { buffered } = this.#buffer;
      if (buffered.length > 0) {
        this.#buffer.remove(0, (buffered.start(0) + buffered.end(buffered.length - 1)) / 2);
      }
    }
  }

  #create(): SourceBuffer {
    const buffer = this.#source.addSourceBuffer(this.#type);
    const { signal } = this.#owner;
    buffer.addEventListener("updateend", () => this.#next(), { signal });
    return buffer;
  }
}
