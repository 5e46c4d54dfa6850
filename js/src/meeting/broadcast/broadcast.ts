/** Broadcasts from this page: composes the stage whenever the server grants it an ingest ticket. */

import { type Fault, StageBroadcast } from "../../composer/index";
import type { Language } from "../../shared/language";
import type {
  BroadcastOptions,
  BroadcastState,
  IngestGranted,
  ShowBroadcast,
} from "../../shared/protocol";
import { RefusedError } from "../../shared/refused-error";
import type { ServerLine } from "../../shared/server-line";
import { Composing, type ComposingOptions } from "./composing";

export interface ControlOptions extends Omit<ComposingOptions, "onEnded" | "onShown"> {
  line: ServerLine;
  /** The language of the page. */
  language: () => Language;
}

/** The server confirms a start at the first frame, and a stop when the file is closed. */
const START_TIMEOUT = 25_000;
const STOP_TIMEOUT = 45_000;

export class BroadcastControl {
  readonly #line: ServerLine;
  readonly #language: () => Language;
  readonly #composing: Composing;
  /** Why composing failed on this page; the server knows no details. */
  #failure: Fault | null = null;

  constructor({ line, language, ...options }: ControlOptions) {
    this.#line = line;
    this.#language = language;
    this.#composing = new Composing({
      ...options,
      onShown: (shows) => line.send({ type: "broadcast_shown", shows }),
      onEnded: (failure) => this.#ended(failure),
    });
  }

  /** Resolves when the broadcast is live; rejects with a RefusedError that says why it is not. */
  async start(options: BroadcastOptions): Promise<void> {
    const unable = StageBroadcast.supported();
    if (unable) throw new RefusedError(unable.kind, unable.message);
    this.#failure = null;
    try {
      const start = { type: "start_broadcast", options, language: this.#language() } as const;
      await this.#line.request(start, START_TIMEOUT);
    } catch (error) {
      throw this.#refusal() ?? error;
    }
  }

  /** Resolves when the broadcast has ended and the recording, if any, is playable. */
  stop(): Promise<void> {
    return this.#line.request({ type: "stop_broadcast" }, STOP_TIMEOUT);
  }

  /** Resolves when viewers see a card instead of the stage, or the stage again. */
  pause(paused: boolean): Promise<void> {
    return this.#line.request({ type: "pause_broadcast", paused });
  }

  /** Whether this page is composing a broadcast. */
  get active(): boolean {
    return this.#composing.active;
  }

  /** The height of the composed frame; 0 for none. */
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
    // The server may not know yet that this page stopped: report it, so that another page can take
    // over.
    if (failure) {
      const unable = { type: "stop_broadcast", unable: true } as const;
      this.#line.request(unable, STOP_TIMEOUT).catch(() => {});
    }
  }
}
