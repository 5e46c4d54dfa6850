/**
 * What a reload of the tab needs to come back: the token, and the secret of the place in the room.
 * A frame keeps no token: it stays in its address, and a tab that the page around it opens would get
 * a copy of what is stored.
 *
 * It lives in sessionStorage alone. The place's secret is written only while the page goes away and is
 * taken out when it comes back: two pages of one tab must never claim the same place.
 */

export class TabStorage {
  readonly #token: string | null;
  readonly #resume: string;

  constructor(room: string, framed: boolean) {
    this.#token = framed ? null : `nanomeet:${room}:token`;
    // A page around the frame that is loaded again makes a new frame, for the same person: whichever
    // frame of this tab and room comes first takes the place that was left.
    this.#resume = `nanomeet:${room}:resume`;
  }

  get token(): string | null {
    return this.#token && read(this.#token);
  }

  set token(token: string) {
    if (this.#token) write(this.#token, token);
  }

  /** Whether a place was left for a moment, and may be taken again. */
  get resumable(): boolean {
    return read(this.#resume) !== null;
  }

  /** Reads the place's secret and forgets it. */
  takeResume(): string | null {
    const resume = read(this.#resume);
    write(this.#resume, null);
    return resume;
  }

  /** Keeps the place's secret. Returns whether it can be found again: some browsers keep nothing. */
  leaveResume(resume: string): boolean {
    write(this.#resume, resume);
    return this.resumable;
  }

  clear(): void {
    if (this.#token) write(this.#token, null);
    write(this.#resume, null);
  }
}

// Storage throws where the browser keeps a framed page from it: then a reload joins as a newcomer.
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
