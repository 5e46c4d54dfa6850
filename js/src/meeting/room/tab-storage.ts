/**
 * What a reload of the tab needs to rejoin: the token, and the resume secret of the place.
 *
 * A frame stores no token: the token stays in its URL, and a tab opened by the embedding page would
 * get a copy of the storage.
 *
 * It uses sessionStorage only. The resume secret is written when the page unloads and removed when
 * it loads: two pages of one tab must never claim the same place.
 */

export class TabStorage {
  readonly #token: string | null;
  readonly #resume: string;

  constructor(room: string, framed: boolean) {
    this.#token = framed ? null : `nanomeet:${room}:token`;
    // Reloading the embedding page creates a new frame for the same person: the first frame of this
    // tab and room to load takes the place that was left.
    this.#resume = `nanomeet:${room}:resume`;
  }

  get token(): string | null {
    return this.#token && read(this.#token);
  }

  set token(token: string) {
    if (this.#token) write(this.#token, token);
  }

  /** Whether there is a place to resume. */
  get resumable(): boolean {
    return read(this.#resume) !== null;
  }

  /** Reads the resume secret and removes it. */
  takeResume(): string | null {
    const resume = read(this.#resume);
    write(this.#resume, null);
    return resume;
  }

  /** Stores the resume secret. Returns whether it can be read back: some browsers store nothing. */
  leaveResume(resume: string): boolean {
    write(this.#resume, resume);
    return this.resumable;
  }

  clear(): void {
    if (this.#token) write(this.#token, null);
    write(this.#resume, null);
  }
}

// Storage throws where the browser blocks it for a framed page: a reload then joins as a newcomer.
function read(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // As above.
  }
}
