/** Broadcasting from this page: composes the stage while the server wants it from us. */

import { StageBroadcast } from "../composer/index";
import type { BroadcastState, IngestGranted, StartBroadcast } from "../shared/protocol";
import { Composing, type ComposingOptions } from "./composing";
import { RefusedError, type Signalling } from "./signalling";

export interface BroadcastOptions extends Omit<ComposingOptions, "onEnded"> {
  signalling: Pick<Signalling, "request">;
}

/** Who may watch, and where it goes besides. */
export type BroadcastWishes = Partial<Pick<StartBroadcast, "private" | "to">>;

/** The server answers a start when the first picture is there, a stop when the file is closed. */
const START_TIMEOUT = 25_000;
const STOP_TIMEOUT = 45_000;

export class BroadcastControl {
  readonly #signalling: BroadcastOptions["signalling"];
  readonly #composing: Composing;
  /** Why our own part failed, which the server cannot know in these words. */
  #failure: string | null = null;

  constructor({ signalling, ...options }: BroadcastOptions) {
    this.#signalling = signalling;
    this.#composing = new Composing({ ...options, onEnded: (failure) => this.#ended(failure) });
  }

  /** Settles when the broadcast is live; rejects with a RefusedError that says why it is not. */
  async start(record: boolean, wishes: BroadcastWishes = {}): Promise<void> {
    const unable = StageBroadcast.supported();
    if (unable) throw new RefusedError("unsupported", unable);
    this.#failure = null;
    try {
      const start = { type: "start_broadcast", record, ...wishes } as const;
      await this.#signalling.request(start, START_TIMEOUT);
    } catch (error) {
      if (this.#failure) throw new RefusedError("broadcast_failed", this.#failure);
      throw error;
    }
  }

  /** Settles when it has ended and the recording, if any, can be played. */
  stop(): Promise<void> {
    return this.#signalling.request({ type: "stop_broadcast" }, STOP_TIMEOUT);
  }

  /** Whether this page composes a broadcast at the moment. */
  get active(): boolean {
    return this.#composing.active;
  }

  granted({ ticket }: IngestGranted): void {
    this.#composing.start(ticket);
  }

  changed({ state }: BroadcastState): void {
    if (state === "stopping") void this.#composing.finish();
    if (state === "off" || state === "failed") this.close();
  }

  close(): void {
    this.#composing.close();
  }

  #ended(failure: string | null): void {
    this.#failure = failure;
    // The server may not know yet that nothing more will come; another page may go on.
    if (failure) {
      const unable = { type: "stop_broadcast", unable: true } as const;
      this.#signalling.request(unable, STOP_TIMEOUT).catch(() => {});
    }
  }
}
