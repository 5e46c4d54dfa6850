/** A connection to a stream. Reconnects until it is closed. */

import { decodeFrame, type Frame } from "./frames";
import {
  type Ping,
  type Playback,
  type PollChanged,
  type PollCounts,
  PROTOCOL_VERSION,
  type StreamState,
  type Watch,
  type WatchServerMessage,
  type WatchVote,
} from "./protocol";
import { RefusedError } from "./refused-error";

/**
 * The last delay repeats. Each is shortened at random, so that viewers do not all reconnect at
 * once.
 */
const WAITS_MS = [100, 300, 1_200, 2_700, 4_800, 7_000] as const;
const PING_MS = 2_000;
/** A connection that is silent for this long is dead. */
const SILENCE_MS = 7_000;

/** How long a vote waits for the server's answer. */
const VOTE_MS = 10_000;

/** Why a stream cannot be watched: a kind that pages have text for, and the server's message. */
export interface Refusal {
  kind: string;
  message: string;
}

export interface WatchEvents {
  onState: (state: StreamState) => void;
  onFrame: (frame: Frame) => void;
  /** The server keeps how this view goes, for so many days: see `report`. */
  onKept?: (days: number) => void;
  /** A poll of the meeting that is broadcast. */
  onPoll?: (message: PollChanged | PollCounts) => void;
  /** The connection was lost; it is reconnecting. */
  onLost: () => void;
  /** The server refuses permanently. */
  onRefused: (refusal: Refusal) => void;
}

/** What to watch, and how. */
export interface Watched {
  url: string;
  stream: string;
  /** The ticket for a private stream. */
  ticket: string | null;
  format: NonNullable<Watch["format"]>;
  /** The browser's id, by which a vote counts once. */
  person?: string | null;
}

interface Vote {
  resolve: () => void;
  reject: (error: RefusedError) => void;
  timer: ReturnType<typeof setTimeout>;
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
  /** Votes that await the server's answer, by their number. */
  readonly #votes = new Map<number, Vote>();
  #ref = 0;

  constructor(watch: Watched, events: WatchEvents) {
    this.#watch = watch;
    this.#events = events;
    const beat = setInterval(() => this.#beat(), PING_MS);
    this.#end.signal.addEventListener("abort", () => clearInterval(beat));
    addEventListener("online", () => this.#reconnect(0), { signal: this.#end.signal });
    this.#connect();
  }

  /** Round trip to the server in milliseconds; null until measured. */
  get roundTrip(): number | null {
    return this.#roundTrip;
  }

  /** Reports how the view goes, if there is a connection. */
  report(playback: Playback): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(playback));
  }

  /** Reconnects at once: the server sends everything that a new viewer needs. */
  reconnect(): void {
    const socket = this.#socket;
    if (socket === null) return;
    // close() alone would wait for a close frame, which a dead peer does not send.
    socket.onclose = null;
    socket.close();
    this.#onLost();
  }

  /** Votes in a poll; resolves when the vote counts, rejects if it does not. */
  vote(poll: string, choices: readonly number[]): Promise<void> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(lost());
    this.#ref += 1;
    const ref = this.#ref;
    const message: WatchVote = { type: "watch_vote", ref, poll, choices: [...choices] };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#settle(ref, new RefusedError("timeout", "The server did not answer in time.")),
        VOTE_MS,
      );
      this.#votes.set(ref, { resolve, reject, timer });
      socket.send(JSON.stringify(message));
    });
  }

  close(): void {
    this.#end.abort();
    this.#dropVotes();
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
      const watch: Watch = { type: "watch", v: PROTOCOL_VERSION, ...this.#fields() };
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
      if (socket === this.#socket) this.#onLost();
    };
  }

  #receive(message: WatchServerMessage): void {
    switch (message.type) {
      case "stream_state":
        this.#attempts = 0;
        this.#events.onState(message);
        break;
      case "view_kept":
        this.#events.onKept?.(message.days);
        break;
      case "pong":
        this.#roundTrip = performance.now() - message.t;
        break;
      case "poll_changed":
      case "poll_counts":
        this.#events.onPoll?.(message);
        break;
      case "ack":
        this.#settle(message.ref);
        break;
      case "error":
        if (typeof message.ref === "number") {
          this.#settle(message.ref, new RefusedError(message.kind, message.message));
          break;
        }
        this.close();
        this.#events.onRefused(message);
        break;
    }
  }

  #fields(): Omit<Watch, "type" | "v"> {
    const { stream, ticket, format, person = null } = this.#watch;
    return { stream, ticket, format, person };
  }

  #settle(ref: number, error?: RefusedError): void {
    const vote = this.#votes.get(ref);
    if (!vote) return;
    this.#votes.delete(ref);
    clearTimeout(vote.timer);
    if (error) vote.reject(error);
    else vote.resolve();
  }

  #dropVotes(): void {
    for (const ref of [...this.#votes.keys()]) this.#settle(ref, lost());
  }

  #onLost(): void {
    this.#socket = null;
    this.#dropVotes();
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
    if (performance.now() - this.#aliveAt > SILENCE_MS) this.reconnect();
    else if (socket.readyState === WebSocket.OPEN) this.#ping(socket);
  }

  #ping(socket: WebSocket): void {
    const ping: Ping = { type: "ping", t: performance.now() };
    socket.send(JSON.stringify(ping));
  }
}

function lost(): RefusedError {
  return new RefusedError("connection_lost", "The connection was lost.");
}
