/**
 * Composes the stage in this page and sends it to the server, from the ingest ticket to the end of
 * the stream.
 */

import { effect, signal } from "@preact/signals";
import {
  type Fault,
  type Health,
  type Shows,
  SIZES,
  StageBroadcast,
  type StageLook,
  type StageTile,
} from "../../composer/index";
import type { IngestGranted } from "../../shared/protocol";
import { workerScript } from "../../shared/worker-script";

export interface ComposingOptions {
  /** The server's base URL, with a trailing slash. */
  base: string;
  /** Both are read in an effect, so that changes apply to the running stream. */
  tiles: () => StageTile[];
  look: () => StageLook;
  /** Called once a second while composing. */
  onHealth?: (health: Health) => void;
  /** Called when what viewers see changes. */
  onShown?: (shows: Shows) => void;
  /** Called when it ends by itself, with the reason if it failed. */
  onEnded: (failure: Fault | null) => void;
}

export class Composing {
  readonly #options: ComposingOptions;
  readonly #active = signal(false);
  readonly #lines = signal(0);
  readonly #shows = signal<Shows>("stage");
  #owner: AbortController | null = null;
  #stage: StageBroadcast | null = null;

  constructor(options: ComposingOptions) {
    this.#options = options;
  }

  /** Whether this page is composing; reads a signal. */
  get active(): boolean {
    return this.#active.value;
  }

  /** The height of the composed frame, or 0; reads a signal. */
  get lines(): number {
    return this.#lines.value;
  }

  /** Shows viewers the stage or a card. */
  show(shows: Shows): void {
    this.#shows.value = shows;
  }

  /** Starts; stops an earlier broadcast first. */
  start(granted: IngestGranted): void {
    this.close();
    const owner = new AbortController();
    this.#owner = owner;
    this.#active.value = true;
    this.#lines.value = SIZES[granted.quality]?.height ?? 0;
    this.#shows.value = granted.shows;
    const stage = this.#compose(granted, owner.signal);
    if (!stage) return;
    this.#stage = stage;
    const unfollow = effect(() => stage.setStage(this.#options.tiles(), this.#look()));
    owner.signal.addEventListener("abort", unfollow, { once: true });
  }

  /** Flushes the encoders, whose frames belong to the recording, then stops. */
  async finish(): Promise<void> {
    const owner = this.#owner;
    await this.#stage?.stop();
    if (owner === this.#owner) this.close();
  }

  close(): void {
    this.#owner?.abort();
    this.#owner = null;
    this.#active.value = false;
    this.#lines.value = 0;
    this.#stage = null;
  }

  #look(): StageLook {
    return { ...this.#options.look(), shows: this.#shows.value };
  }

  #compose({ ticket, quality, codec }: IngestGranted, signal: AbortSignal): StageBroadcast | null {
    const { base, onHealth, onShown } = this.#options;
    const ingest = new URL("ws/ingest", base);
    ingest.protocol = ingest.protocol.replace("http", "ws");
    try {
      return new StageBroadcast({
        ingestUrl: ingest.href,
        ticket,
        look: this.#look(),
        quality,
        codec,
        workerUrl: workerScript("composer.js"),
        ...(onHealth && { onHealth }),
        ...(onShown && { onShown }),
        onEnded: ({ failed, ...fault }) => this.#ended(failed ? fault : null),
        signal,
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : "The stage could not be composed.";
      this.#ended({ kind: "broadcast_composer", message });
      return null;
    }
  }

  #ended(failure: Fault | null): void {
    this.close();
    this.#options.onEnded(failure);
  }
}
