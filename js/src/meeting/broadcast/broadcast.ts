/** Broadcasting from this page: composes the stage while the server wants it from us. */

import { type Fault, StageBroadcast } from "../../composer/index";
import type {
  BroadcastOptions,
  BroadcastState,
  IngestGranted,
  ShowBroadcast,
} from "../../shared/protocol";
import { RefusedError, type Signalling } from "../room/signalling";
import { Composing, type ComposingOptions } from "./composing";

export interface ControlOptions extends Omit<ComposingOptions, "onEnded" | "onShown"> {
  signalling: Pick<Signalling, "request" | "send">;
}

/** The server answers a start when the first picture is there, a stop when the file is closed. */
const START_TIMEOUT = 25_000;
const STOP_TIMEOUT = 45_000;

export class BroadcastControl {
  readonly #signalling: ControlOptions["signalling"];
  readonly #composing: Composing;
  /** Why our own part failed, which the server cannot know in these words. */
  #failure: Fault | null = null;

  constructor({ signalling, ...options }: ControlOptions) {
    this.#signalling = signalling;
    this.#composing = new Composing({
      ...options,
      onShown: (shows) => signalling.send({ type: "broadcast_shown", shows }),
      onEnded: (failure) => this.#ended(failure),
    });
  }

  /** Settles when the broadcast is live; rejects with a RefusedError that says why it is not. */
  async start(options: BroadcastOptions): Promise<void> {
    const unable = StageBroadcast.supported();
    if (unable) throw new RefusedError(unable.kind, unable.message);
    this.#failure = null;
    try {
      const start = { type: "start_broadcast", options } as const;
      await this.#signalling.request(start, START_TIMEOUT);
    } catch (error) {
      throw this.#refusal() ?? error;
    }
  }

  /** Settles when it has ended and the recording, if any, can be played. */
  stop(): Promise<void> {
    return this.#signalling.request({ type: "stop_broadcast" }, STOP_TIMEOUT);
  }

  /** Settles when viewers are shown a card in place of the stage, or the stage again. */
  pause(paused: boolean): Promise<void> {
    return this.#signalling.request({ type: "pause_broadcast", paused });
  }

  /** Whether this page composes a broadcast at the moment. */
  get active(): boolean {
    return this.#composing.active;
  }

  /** Lines of the picture that it composes; 0 for none. */
  get lines(): number {
    return this.#composing.lines;
  }

  granted(granted: IngestGranted): void {
    this.#composing.start(granted);
  }

  show({ shows }: ShowBroadcast): void {
    this.#composing.show(shows);
  }

  changed({ state }: BroadcastState): void {
    if (state === "stopping") void this.#composing.finish();
    if (state === "off" || state === "failed") this.close();
  }

  close(): void {
    this.#composing.close();
  }

  #refusal(): RefusedError | null {
    return this.#failure && new RefusedError(this.#failure.kind, this.#failure.message);
  }

  #ended(failure: Fault | null): void {
    this.#failure = failure;
    // The server may not know yet that nothing more will come; another page may go on.
    if (failure) {
      const unable = { type: "stop_broadcast", unable: true } as const;
      this.#signalling.request(unable, STOP_TIMEOUT).catch(() => {});
    }
  }
}
