/** The connection of a tap: the track's set-up first, then media from a keyframe on. */

import { IngestSocket } from "./ingest-socket";

/** Bytes that may queue for the network before pictures and sound are skipped. */
const MAX_BACKLOG = 48 * 1024;

export interface OutletOptions {
  ingestUrl: string;
  ticket: string;
  onKeyframeWanted: () => void;
  /** Closed for good: by the server, or because it stayed unreachable. */
  onEnded: () => void;
}

export class Outlet {
  readonly #socket: IngestSocket;
  readonly #onKeyframeWanted: () => void;
  #setup: Uint8Array<ArrayBuffer> | null = null;
  #begun = false;

  constructor({ ingestUrl, ticket, onKeyframeWanted, onEnded }: OutletOptions) {
    this.#onKeyframeWanted = onKeyframeWanted;
    this.#socket = new IngestSocket(ingestUrl, ticket, {
      onReady: () => this.#begin(),
      onKeyframeWanted,
      // Late pictures are skipped here, whatever the reason.
      onLate: () => {},
      onEnded,
    });
  }

  /** Whether the network has no room for more. */
  get crowded(): boolean {
    return this.#socket.backlog > MAX_BACKLOG;
  }

  /** Whether the server wants media. */
  get ready(): boolean {
    return this.#socket.ready;
  }

  sendSetup(frame: Uint8Array<ArrayBuffer>): void {
    this.#setup = frame;
    this.#socket.send(frame);
  }

  send(frame: Uint8Array<ArrayBuffer>, keyframe: boolean): void {
    if (!this.#socket.ready || this.#setup === null || !(this.#begun || keyframe)) return;
    this.#begun = true;
    this.#socket.send(frame);
  }

  close(): void {
    this.#socket.close();
  }

  /** The server remembers nothing of an earlier connection. */
  #begin(): void {
    this.#begun = false;
    if (this.#setup !== null) this.#socket.send(this.#setup);
    this.#onKeyframeWanted();
  }
}
