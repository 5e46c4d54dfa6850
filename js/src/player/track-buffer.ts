/**
 * Feeds one track to a MediaSource, one append at a time: each appends everything queued during the
 * last one. Removes old data to make room.
 */

/** Bytes that may queue: twice what the server keeps for late joiners. */
const MAX_WAITING = 32 * 1024 * 1024;
/** Bytes of one append: a browser's buffer holds several. */
const MAX_APPEND = 1024 * 1024;

interface Piece {
  readonly bytes: Uint8Array;
  readonly header: boolean;
}

export class TrackBuffer {
  readonly #source: MediaSource;
  readonly #type: string;
  readonly #owner = new AbortController();
  #buffer: SourceBuffer | null = null;
  #waiting: Piece[] = [];
  #size = 0;
  /** Whether fragments are dropped until the next keyframe. */
  #skipping = false;

  constructor(source: MediaSource, type: string) {
    this.#source = source;
    this.#type = type;
    source.addEventListener("sourceopen", () => this.#next(), { signal: this.#owner.signal });
  }

  /** The playable range, in seconds; null if there is none. */
  get range(): { start: number; end: number } | null {
    // A buffer that was removed from its source has no ranges.
    if (!this.#buffer || this.#source.readyState !== "open") return null;
    const { buffered } = this.#buffer;
    if (buffered.length === 0) return null;
    return { start: buffered.start(buffered.length - 1), end: buffered.end(buffered.length - 1) };
  }

  /** The header applies to everything after it. */
  begin(header: Uint8Array): void {
    this.#push({ bytes: header, header: true });
  }

  append(fragment: Uint8Array, keyframe: boolean): void {
    if (this.#skipping && !keyframe) return;
    this.#skipping = false;
    this.#push({ bytes: fragment, header: false });
  }

  /** Regularly removes what is older than the window. */
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

  #push(piece: Piece): void {
    this.#waiting.push(piece);
    this.#size += piece.bytes.length;
    if (this.#size > MAX_WAITING) {
      // A browser that stops accepting data must not fill the memory.
      this.#waiting = this.#waiting.filter(({ header }) => header);
      this.#size = sizeOf(this.#waiting);
      this.#skipping = true;
    }
    this.#next();
  }

  #next(): void {
    if (this.#source.readyState !== "open" || this.#owner.signal.aborted) return;
    this.#buffer ??= this.#create();
    if (this.#buffer.updating) return;
    const count = this.#together();
    if (count === 0) return;
    const bytes = joined(this.#waiting.slice(0, count));
    try {
      this.#buffer.appendBuffer(bytes);
      this.#waiting.splice(0, count);
      this.#size -= bytes.length;
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
      // The browser's limit was reached before ours: remove the older half.
      const { buffered } = this.#buffer;
      if (buffered.length > 0) {
        this.#buffer.remove(0, (buffered.start(0) + buffered.end(buffered.length - 1)) / 2);
      }
    }
  }

  /**
   * How many queued fragments join the first in one append; a header goes alone, to be parsed
   * first.
   */
  #together(): number {
    let size = 0;
    const end = this.#waiting.findIndex(({ bytes, header }, index) => {
      size += bytes.length;
      return index > 0 && (header || this.#waiting[0]?.header || size > MAX_APPEND);
    });
    return end < 0 ? this.#waiting.length : end;
  }

  #create(): SourceBuffer {
    const buffer = this.#source.addSourceBuffer(this.#type);
    const { signal } = this.#owner;
    buffer.addEventListener("updateend", () => this.#next(), { signal });
    return buffer;
  }
}

function sizeOf(pieces: readonly Piece[]): number {
  return pieces.reduce((size, { bytes }) => size + bytes.length, 0);
}

function joined(pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(sizeOf(pieces));
  let at = 0;
  for (const { bytes } of pieces) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}
