/** The viewer's way to the server. Comes back by itself, for as long as it lives. */

import { decodeFrame, type Frame } from "../shared/frames";
import {
  type Ping,
  PROTOCOL_VERSION,
  type StreamState,
  type Watch,
  type WatchServerMessage,
} from "../shared/protocol";

/** The last wait repeats. Each is shortened at random, so that not all viewers come at once. */
const WAITS_MS = [100, 300, 1_200, 2_700, 4_800, 7_000] as const;
const PING_MS = 2_000;
/** Without any sign of life for this long the connection is dead. */
const SILENCE_MS = 7_000;

/** Why a stream cannot be watched: a kind that pages have words for, and the server's own words. */
export interface Refusal {
  kind: string;
  message: string;
}

export interface WatchEvents {
  onState: (state: StreamState) => void;
  onFrame: (frame: Frame) => void;
  /** The connection is gone; the next attempt is under way. */
  onLost: () => void;
  /** The server refuses for good. */
  onRefused: (refusal: Refusal) => void;
}

/** What to watch, and how. */
export interface Watched {
  url: string;
  stream: string;
  /** What opens a stream that is not public. */
  ticket: string | null;
  format: NonNullable<Watch["format"]>;
}

export class WatchSocket {
  readonly #watch: Watched;
  readonly #events: WatchEvents;
  readonly #end = new AbortController();
  #socket: WebSocket | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;
  #aliveAt = 0;
  #roundTrip: number | null = null;

  constructor(watch: Watched, events: WatchEvents) {
    this.#watch = watch;
    this.#events = events;
    const beat = setInterval(() => this.#beat(), PING_MS);
    this.#end.signal.addEventListener("abort", () => clearInterval(beat));
    addEventListener("online", () => this.#reconnect(0), { signal: this.#end.signal });
    this.#connect();
  }

  /** Milliseconds to the server and back; null until measured. */
  get roundTrip(): number | null {
    return this.#roundTrip;
  }

  /** Comes back at once: the server begins anew with all that a newcomer needs. */
  again(): void {
    const socket = this.#socket;
    if (socket === null) return;
    // close() alone would wait for the farewell, which a dead peer does not give.
    socket.onclose = null;
    socket.close();
    this.#lost();
  }

  close(): void {
    this.#end.abort();
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #connect(): void {
    const socket = new WebSocket(this.#watch.url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#aliveAt = performance.now();
    socket.onopen = () => {
      const { stream, ticket, format } = this.#watch;
      const watch: Watch = { type: "watch", v: PROTOCOL_VERSION, stream, ticket, format };
      socket.send(JSON.stringify(watch));
      this.#ping(socket);
    };
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (socket !== this.#socket) return;
      this.#aliveAt = performance.now();
      if (typeof data === "string") this.#receive(JSON.parse(data) as WatchServerMessage);
      else this.#events.onFrame(decodeFrame(data));
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#lost();
    };
  }

  #receive(message: WatchServerMessage): void {
    switch (message.type) {
      case "stream_state":
        this.#attempts = 0;
        this.#events.onState(message);
        break;
      case "pong":
        this.#roundTrip = performance.now() - message.t;
        break;
      case "error":
        this.close();
        this.#events.onRefused(message);
        break;
    }
  }

  #lost(): void {
    this.#socket = null;
    this.#events.onLost();
    const wait = WAITS_MS[Math.min(this.#attempts, WAITS_MS.length - 1)] ?? 0;
    this.#attempts += 1;
    this.#reconnect(wait * (0.5 + Math.random() / 2));
  }

  #reconnect(wait: number): void {
    if (this.#socket !== null) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  #beat(): void {
    const socket = this.#socket;
    if (socket === null) return;
    if (performance.now() - this.#aliveAt > SILENCE_MS) this.again();
    else if (socket.readyState === WebSocket.OPEN) this.#ping(socket);
  }

  #ping(socket: WebSocket): void {
    const ping: Ping = { type: "ping", t: performance.now() };
    socket.send(JSON.stringify(ping));
  }
}
