/** What this page sends to programs that read its camera or microphone: one tap for each reading. */

import { effect, signal } from "@preact/signals";
import { Tap } from "../../composer/index";
import type { ReadingGranted } from "../../shared/protocol";
import { workerScript } from "../../shared/worker-script";

export interface TapsOptions {
  /** The server's base URL, with a trailing slash. */
  base: string;
  /** The track to send, read in an effect; `own`: to the participant's own program. */
  track: (media: "audio" | "video", own: boolean) => MediaStreamTrack | null;
  /** Called when this browser does not encode it. */
  onUnable: (id: string) => void;
  /** Called when the server still wants what the participant has taken back. */
  onRefused: (id: string) => void;
}

interface Running {
  granted: ReadingGranted;
  close: () => void;
}

const NONE: ReadonlyMap<string, Running> = new Map();

export class Taps {
  readonly #options: TapsOptions;
  readonly #running = signal(NONE);
  readonly #refused = signal<ReadonlySet<string>>(new Set());

  constructor(options: TapsOptions) {
    this.#options = options;
  }

  /** Whether this browser can send it. */
  supports(media: "audio" | "video"): boolean {
    return Tap.supports(media);
  }

  /** The lines that the camera must deliver for all readings; 0 for none. Reads a signal. */
  get lines(): number {
    const pictures = this.#granted.filter(({ media }) => media === "video");
    return Math.max(0, ...pictures.map(({ lines }) => lines));
  }

  /** Readings by the participant's own programs, which only this page shows. Reads a signal. */
  get own(): readonly Pick<ReadingGranted, "id" | "media">[] {
    return this.#granted.filter(({ own }) => own).map(({ id, media }) => ({ id, media }));
  }

  /** Starts to send; goes on if it sends with this ticket already. */
  start(granted: ReadingGranted): void {
    const { id, media, ticket } = granted;
    if (this.#running.peek().get(id)?.granted.ticket === ticket) return;
    this.stop(id);
    if (this.#refused.peek().has(id)) this.#options.onRefused(id);
    else if (!this.supports(media)) this.#options.onUnable(id);
    else this.#run(granted);
  }

  #run(granted: ReadingGranted): void {
    const { id, media, own } = granted;
    const tap = this.#open(granted);
    const unfollow = effect(() => tap.setTrack(this.#options.track(media, own)));
    const close = (): void => {
      unfollow();
      tap.close();
    };
    this.#set(id, { granted, close });
  }

  /**
   * The participant takes it back: nothing is sent for it any more, whatever the server says. Returns
   * whether this page was sending it.
   */
  refuse(id: string): boolean {
    const sending = this.#running.peek().has(id);
    if (sending) this.#refused.value = new Set([...this.#refused.peek(), id]);
    this.stop(id);
    return sending;
  }

  /** Whether the participant has taken it back. Reads a signal. */
  refused(id: string): boolean {
    return this.#refused.value.has(id);
  }

  stop(id: string): void {
    this.#running.peek().get(id)?.close();
    this.#set(id, null);
  }

  /** Stops those that the room no longer knows; those by own programs it does not announce. */
  keep(announced: readonly { id: string }[]): void {
    const known = new Set(announced.map(({ id }) => id));
    for (const { id, own } of this.#all) if (!own && !known.has(id)) this.stop(id);
  }

  close(): void {
    for (const { id } of this.#all) this.stop(id);
  }

  get #granted(): readonly ReadingGranted[] {
    return [...this.#running.value.values()].map(({ granted }) => granted);
  }

  get #all(): readonly ReadingGranted[] {
    return [...this.#running.peek().values()].map(({ granted }) => granted);
  }

  #open({ id, ticket, media, lines, fps }: ReadingGranted): Tap {
    const ingest = new URL("ws/ingest", this.#options.base);
    ingest.protocol = ingest.protocol.replace("http", "ws");
    return new Tap({
      ...{ ingestUrl: ingest.href, ticket, media, lines, fps },
      workerUrl: workerScript("tap.js"),
      onEnded: (unable) => {
        this.stop(id);
        if (unable) this.#options.onUnable(id);
      },
    });
  }

  #set(id: string, running: Running | null): void {
    const all = new Map(this.#running.peek());
    if (running) all.set(id, running);
    else all.delete(id);
    this.#running.value = all;
  }
}
