/** The connection to the server: opens with the ingest ticket, reconnects after a loss. */

import {
  type IngestBehind,
  type IngestOpen,
  type IngestServerMessage,
  PROTOCOL_VERSION,
} from "../shared/protocol";
import { now } from "./clock";
import type { Fault } from "./messages";

/** How long the server keeps the session of a lost connection. */
const GRACE_MS = 5_000;
const RETRY_MS = 250;
const MAX_RETRY_MS = 1_000;
/** A connection that accepts no data for this long is dead. */
const STALLED_MS = 3_000;
const CHECK_MS = 500;
const FAREWELL_MS = 1_500;

export interface IngestEvents {
  /** The server expects setup frames, then media. Also after each reconnection. */
  onReady: () => void;
  onKeyframeWanted: () => void;
  /** Called each second in which media arrives late, with the delay in milliseconds. */
  onLate: (late: number) => void;
  /** Closed for good: by the server, or because it stayed unreachable. */
  onEnded: (failed: boolean, fault: Fault) => void;
}

export class IngestSocket {
  readonly #url: string;
  readonly #ticket: string;
  readonly #events: IngestEvents;
  readonly #check: ReturnType<typeof setInterval>;
  #socket: WebSocket | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #ready = false;
  #over = false;
  #lostAt = performance.now();
  #attempts = 0;
  #given = 0;
  #taken = 0;
  #progressAt = performance.now();

  constructor(url: string, ticket: string, events: IngestEvents) {
    this.#url = url;
    this.#ticket = ticket;
    this.#events = events;
    this.#check = setInterval(() => this.#watch(), CHECK_MS);
    this.#connect();
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Bytes not yet sent to the network. */
  get backlog(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    if (!this.#ready) return;
    this.#socket?.send(frame);
    this.#given += frame.byteLength;
  }

  /** Reports what this page cannot keep up with. */
  tellBehind(behind: IngestBehind["behind"]): void {
    const message: IngestBehind = { type: "ingest_behind", behind };
    if (this.#ready) this.#socket?.send(JSON.stringify(message));
  }

  /** Flushes and closes; resolves in bounded time. */
  async finish(): Promise<void> {
    const socket = this.#socket;
    this.#release();
    if (socket === null || socket.readyState > WebSocket.OPEN) return;
    const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
    const late = new Promise((resolve) => setTimeout(resolve, FAREWELL_MS));
    socket.close(1000);
    await Promise.race([closed, late]);
  }

  /** Closes at once. */
  close(): void {
    const socket = this.#socket;
    this.#release();
    socket?.close();
  }

  #release(): void {
    this.#over = true;
    this.#ready = false;
    this.#socket = null;
    clearTimeout(this.#retry);
    clearInterval(this.#check);
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#given = 0;
    this.#taken = 0;
    this.#progressAt = performance.now();
    socket.onopen = () => {
      const open: IngestOpen = {
        type: "ingest_open",
        v: PROTOCOL_VERSION,
        ticket: this.#ticket,
        clock: Math.round(now()),
      };
      socket.send(JSON.stringify(open));
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket && typeof data === "string") this.#receive(data);
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#onLost();
    };
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as IngestServerMessage;
    switch (message.type) {
      case "ingest_ready":
        this.#ready = true;
        this.#attempts = 0;
        this.#events.onReady();
        break;
      case "keyframe_wanted":
        this.#events.onKeyframeWanted();
        break;
      case "ingest_late":
        this.#events.onLate(message.seconds * 1000);
        break;
      case "ingest_ended":
        this.#end(message.failed, { kind: "broadcast_ended", message: message.reason });
        break;
    }
  }

  #onLost(): void {
    if (this.#over) return;
    const now = performance.now();
    if (this.#ready) this.#lostAt = now;
    this.#ready = false;
    this.#socket = null;
    if (now - this.#lostAt >= GRACE_MS) {
      this.#end(true, {
        kind: "broadcast_connection",
        message: "The connection to the server was lost and could not be restored.",
      });
      return;
    }
    const wait = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#retry = setTimeout(() => this.#connect(), wait * (0.5 + Math.random() / 2));
  }

  #end(failed: boolean, fault: Fault): void {
    if (this.#over) return;
    this.close();
    this.#events.onEnded(failed, fault);
  }

  #watch(): void {
    const socket = this.#socket;
    if (socket === null) return;
    const now = performance.now();
    const { backlog } = this;
    const taken = this.#given - backlog;
    if (this.#ready && (backlog === 0 || taken > this.#taken)) this.#progressAt = now;
    this.#taken = taken;
    if (now - this.#progressAt < STALLED_MS) return;
    // close() alone would wait for a dead peer's close frame.
    socket.onclose = null;
    socket.close();
    this.#onLost();
  }
}
