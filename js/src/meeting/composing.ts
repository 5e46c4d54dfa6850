/** The stage, composed in this page and sent to the server, from a ticket to the end of the stream. */

import { effect, signal } from "@preact/signals";
import { type Health, StageBroadcast, type StageLook, type StageTile } from "../composer/index";

export interface ComposingOptions {
  /** The server's base address, with a slash at its end. */
  base: string;
  /** Both are read inside an effect: a change of either reaches the stream. */
  tiles: () => StageTile[];
  look: () => StageLook;
  /** Told once a second while it composes. */
  onHealth?: (health: Health) => void;
  /** It ended by itself; why, if that was a failure. */
  onEnded: (failure: string | null) => void;
}

export class Composing {
  readonly #options: ComposingOptions;
  readonly #active = signal(false);
  #owner: AbortController | null = null;
  #stage: StageBroadcast | null = null;

  constructor(options: ComposingOptions) {
    this.#options = options;
  }

  /** Whether this page composes at the moment; a signal's value, that can be followed. */
  get active(): boolean {
    return this.#active.value;
  }

  /** Begins; what was composed before ends. */
  start(ticket: string): void {
    this.close();
    const owner = new AbortController();
    this.#owner = owner;
    this.#active.value = true;
    const stage = this.#compose(ticket, owner.signal);
    if (!stage) return;
    this.#stage = stage;
    const unfollow = effect(() => stage.setStage(this.#options.tiles(), this.#options.look()));
    owner.signal.addEventListener("abort", unfollow, { once: true });
  }

  /** What is still in the encoders belongs to the recording: sends it, then ends. */
  async finish(): Promise<void> {
    const owner = this.#owner;
    await this.#stage?.stop();
    if (owner === this.#owner) this.close();
  }

  close(): void {
    this.#owner?.abort();
    this.#owner = null;
    this.#active.value = false;
    this.#stage = null;
  }

  #compose(ticket: string, signal: AbortSignal): StageBroadcast | null {
    const { base, look, onHealth } = this.#options;
    const ingest = new URL("ws/ingest", base);
    ingest.protocol = ingest.protocol.replace("http", "ws");
    try {
      return new StageBroadcast({
        ingestUrl: ingest.href,
        ticket,
        look: look(),
        workerUrl: new URL("static/composer.js", base).href,
        ...(onHealth && { onHealth }),
        onEnded: ({ failed, message }) => this.#ended(failed ? message : null),
        signal,
      });
    } catch (error) {
      this.#ended(error instanceof Error ? error.message : "The stage could not be composed.");
      return null;
    }
  }

  #ended(failure: string | null): void {
    this.close();
    this.#options.onEnded(failure);
  }
}
