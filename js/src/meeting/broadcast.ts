/** Broadcasting from this page: composes the stage while the server wants it from us. */

import { effect } from "@preact/signals";
import { StageBroadcast, type StageTile } from "../composer/index";
import type { BroadcastState, IngestGranted } from "../shared/protocol";
import { RefusedError, type Signalling } from "./signalling";

export interface BroadcastOptions {
  /** The server's base address, with a slash at its end. */
  base: string;
  signalling: Pick<Signalling, "request">;
  /** Both are read inside an effect: a change of either reaches the broadcast. */
  tiles: () => StageTile[];
  title: () => string;
}

/** The server answers a start when the first picture is there, a stop when the file is closed. */
const START_TIMEOUT = 25_000;
const STOP_TIMEOUT = 45_000;

export class BroadcastControl {
  readonly #options: BroadcastOptions;
  #owner: AbortController | null = null;
  #stage: StageBroadcast | null = null;
  /** Why our own part failed, which the server cannot know in these words. */
  #failure: string | null = null;

  constructor(options: BroadcastOptions) {
    this.#options = options;
  }

  /** Settles when the broadcast is live; rejects with a RefusedError that says why it is not. */
  async start(record: boolean): Promise<void> {
    const unable = StageBroadcast.supported();
    if (unable) throw new RefusedError("unsupported", unable);
    this.#failure = null;
    try {
      await this.#options.signalling.request({ type: "start_broadcast", record }, START_TIMEOUT);
    } catch (error) {
      if (this.#failure) throw new RefusedError("broadcast_failed", this.#failure);
      throw error;
    }
  }

  /** Settles when it has ended and the recording, if any, can be played. */
  stop(): Promise<void> {
    return this.#options.signalling.request({ type: "stop_broadcast" }, STOP_TIMEOUT);
  }

  /** Whether this page composes a broadcast at the moment. */
  get active(): boolean {
    return this.#owner !== null;
  }

  granted({ ticket }: IngestGranted): void {
    this.close();
    const owner = new AbortController();
    this.#owner = owner;
    const stage = this.#compose(ticket, owner.signal);
    if (!stage) return;
    this.#stage = stage;
    const unfollow = effect(() => stage.setStage(this.#options.tiles(), this.#options.title()));
    owner.signal.addEventListener("abort", unfollow, { once: true });
  }

  changed({ state }: BroadcastState): void {
    if (state === "stopping") void this.#finish();
    if (state === "off" || state === "failed") this.close();
  }

  close(): void {
    this.#owner?.abort();
    this.#owner = null;
    this.#stage = null;
  }

  /** What is still in the encoders belongs to the recording. */
  async #finish(): Promise<void> {
    const owner = this.#owner;
    await this.#stage?.stop();
    if (owner === this.#owner) this.close();
  }

  #compose(ticket: string, signal: AbortSignal): StageBroadcast | null {
    const { base, title } = this.#options;
    const ingest = new URL("ws/ingest", base);
    ingest.protocol = ingest.protocol.replace("http", "ws");
    try {
      return new StageBroadcast({
        ingestUrl: ingest.href,
        ticket,
        title: title(),
        workerUrl: new URL("static/composer.js", base).href,
        onEnded: ({ failed, message }) => this.#ended(failed ? message : null),
        signal,
      });
    } catch (error) {
      this.#ended(error instanceof Error ? error.message : "The stage could not be composed.");
      return null;
    }
  }

  #ended(failure: string | null): void {
    this.#failure = failure;
    this.close();
    // The server may not know yet that nothing more will come.
    if (failure) this.stop().catch(() => {});
  }
}
