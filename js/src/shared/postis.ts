/**
 * Messages between a page and a framed page over `window.postMessage`, in the format of Jitsi's
 * postis.
 */

import { randomName } from "./random";

export interface NamedData {
  name: string;
  [key: string]: unknown;
}

export type PostisMessage =
  | { type: "event"; data: NamedData }
  | { type: "request"; id: number; data: NamedData }
  | { type: "response"; id: number; result?: unknown; error?: unknown };

export interface PostisOptions {
  /** `jitsi_meet_external_api_<N>`: the same on both sides. */
  scope: string;
  /** The other window; null if there is none yet. */
  target: () => Window | null;
  /**
   * The origin that may read the messages; "*" on the framed side, which cannot know who frames it.
   */
  targetOrigin: string;
  /** The only accepted origin; any by default. */
  acceptOrigin?: string;
  /** The listening window; this one by default. */
  self?: Window;
}

export class PostisClosedError extends Error {
  override readonly name = "PostisClosedError";
}

const READY = "__ready__";
const MESSAGE = "message";
/** Milliseconds between handshake attempts, as in postis. */
const READY_INTERVAL = 50;

/** One end of a postis channel. Early messages are queued in both directions. */
export class PostisPeer {
  /** Resolves when the other end has answered; rejects if this end is closed before. */
  readonly ready: Promise<void>;

  readonly #options: PostisOptions;
  readonly #self: Window;
  readonly #id = randomName();
  readonly #timer: ReturnType<typeof setInterval>;
  #outbox: string[] | null = [];
  #inbox: PostisMessage[] = [];
  #listener: ((message: PostisMessage) => void) | null = null;
  #closed = false;
  #succeed!: () => void;
  #fail!: (error: PostisClosedError) => void;

  constructor(options: PostisOptions) {
    this.#options = options;
    this.#self = options.self ?? window;
    this.ready = new Promise((resolve, reject) => {
      this.#succeed = resolve;
      this.#fail = reject;
    });
    // Callers need not await `ready`: then its rejection must not be reported as unhandled.
    this.ready.catch(() => {});
    this.#self.addEventListener("message", this.#hear);
    this.#timer = setInterval(() => this.#greet(this.#id), READY_INTERVAL);
    this.#greet(this.#id);
  }

  get onMessage(): ((message: PostisMessage) => void) | null {
    return this.#listener;
  }

  set onMessage(listener: ((message: PostisMessage) => void) | null) {
    this.#listener = listener;
    while (this.#listener && this.#inbox.length > 0) {
      const message = this.#inbox.shift();
      if (message) this.#listener(message);
    }
  }

  /** Throws a TypeError for what JSON cannot represent; other messages are unaffected. */
  send(message: PostisMessage): void {
    if (this.#closed) return;
    const text = this.#written(MESSAGE, message);
    if (this.#outbox) this.#outbox.push(text);
    else this.#post(text, this.#options.targetOrigin);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#self.removeEventListener("message", this.#hear);
    this.#listener = null;
    this.#inbox = [];
    this.#outbox = null;
    this.#fail(new PostisClosedError("the channel to the framed page was closed"));
  }

  readonly #hear = (event: MessageEvent): void => {
    const { acceptOrigin, scope } = this.#options;
    const target = this.#options.target();
    if (!target || event.source !== target) return;
    if (acceptOrigin !== undefined && event.origin !== acceptOrigin) return;
    const envelope = parse(event.data);
    if (!envelope || envelope.scope !== scope) return;
    if (envelope.method === READY) this.#handshake(envelope.params);
    else if (envelope.method === MESSAGE) {
      const message = asMessage(envelope.params);
      if (!message) return;
      if (this.#listener) this.#listener(message);
      else this.#inbox.push(message);
    }
  };

  #handshake(id: unknown): void {
    if (id !== this.#id) {
      // The other end may ask again after a reload of its page.
      this.#greet(id);
      return;
    }
    clearInterval(this.#timer);
    const waiting = this.#outbox;
    this.#outbox = null;
    for (const text of waiting ?? []) this.#post(text, this.#options.targetOrigin);
    this.#succeed();
  }

  // The handshake goes to "*": it contains no secret, and while a window still shows its initial
  // empty document, a specific origin would make the browser log an error every 50 ms.
  #greet(id: unknown): void {
    this.#post(this.#written(READY, id), "*");
  }

  #written(method: string, params: unknown): string {
    return JSON.stringify({ postis: true, scope: this.#options.scope, method, params });
  }

  #post(text: string, origin: string): void {
    this.#options.target()?.postMessage(text, origin);
  }
}

type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isNamed = (value: unknown): value is NamedData =>
  isFields(value) && typeof value.name === "string";

/** Returns the envelope of a message between windows; null if it is not a postis message. */
export function parse(text: unknown): Fields | null {
  if (typeof text !== "string" || !text.startsWith("{")) return null;
  try {
    const envelope: unknown = JSON.parse(text);
    return isFields(envelope) && envelope.postis === true ? envelope : null;
  } catch {
    return null;
  }
}

/** Returns an envelope's content; null if it is not a known postis message. */
export function asMessage(value: unknown): PostisMessage | null {
  if (!isFields(value)) return null;
  const { type, id, data } = value;
  if (type === "event") return isNamed(data) ? { type, data } : null;
  if (typeof id !== "number") return null;
  if (type === "request") return isNamed(data) ? { type, id, data } : null;
  if (type === "response") return { type, id, result: value.result, error: value.error };
  return null;
}
