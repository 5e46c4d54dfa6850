/**
 * The sources of this participant's programs: private streams that this page plays, and shows to
 * others as a screen or in place of the camera.
 */

import type { OpenSource, SourceClosed, SourceOpened } from "../../shared/protocol";
import { RefusedError } from "../../shared/refused-error";
import type { Refusal } from "../../shared/watch-socket";
import type { LocalMedia } from "../media/media";
import { PlayedStream } from "../media/played-stream";
import type { Signalling } from "./signalling";
import { CameraPlace, type PlayedSource, ScreenPlace, type SourcePlace } from "./source-place";

export type SourceUse = OpenSource["use"];

/** A source that has ended, and why. */
export type SourceClosing = Omit<SourceClosed, "type">;

/** What a program sends with; a secret. */
export interface SourceGrant {
  stream: string;
  ticket: string;
}

export interface SourcesOptions {
  /** The address of `ws/watch`. */
  url: string;
  media: LocalMedia;
  line: Pick<Signalling, "openSource" | "request" | "send">;
  /** The pictures of one have another size than before. */
  onResized(): void;
  onClosed(closing: SourceClosing): void;
}

/** Why a source ended. */
interface End {
  message: string;
  failed: boolean;
}

/**
 * Milliseconds to wait for the server's reason after it has closed a stream: it may arrive later, on
 * another connection.
 */
const REASON_WAIT = 5_000;
const USES = ["screen", "camera"] as const satisfies readonly SourceUse[];

export class Sources {
  readonly #options: SourcesOptions;
  readonly #slots: Readonly<Record<SourceUse, Slot>>;

  constructor(options: SourcesOptions) {
    const { media } = options;
    this.#options = options;
    this.#slots = {
      screen: new Slot("screen", new ScreenPlace(media), options),
      camera: new Slot("camera", new CameraPlace(media), options),
    };
  }

  /** Asks for a stream that a program sends; it is shown from its first picture on. */
  async open(use: SourceUse, title: string): Promise<SourceGrant> {
    if (!PlayedStream.supported()) {
      throw new RefusedError(
        "unsupported",
        "This page cannot show a program's pictures: its browser lacks WebCodecs, or its address does not begin with https.",
      );
    }
    const { stream, ingest_ticket } = await this.#options.line.openSource({ use, title });
    return { stream, ticket: ingest_ticket };
  }

  /** Closes a source. `failed`: because of an error, after which the camera is switched off. */
  async close(use: SourceUse, failed: boolean): Promise<void> {
    const message = failed ? "The program has failed." : "The source was closed.";
    this.#slots[use].end({ message, failed });
    await this.#options.line.request({ type: "close_source", use });
  }

  /** A source is open, or still open after the connection was lost or the page reloaded. */
  opened(message: SourceOpened): void {
    this.#slots[message.use].open(message);
  }

  /** One has ended, perhaps while this page was not there. */
  closed({ use, stream, message, failed }: SourceClosed): void {
    this.#slots[use].closed(stream, { message, failed });
  }

  /** No screen may be shown: ends a source that has not been shown yet, too. */
  stopScreen(): void {
    this.#slots.screen.stop("It was stopped in the meeting.");
  }

  /** All sources have ended. */
  end(end: End): void {
    for (const use of USES) this.#slots[use].end(end);
  }

  /** The same on the way to another room, where others must not see what a program was to change. */
  part(message: string): void {
    this.#slots.screen.end({ message, failed: false });
    this.#slots.camera.end({ message, failed: true });
  }

  /** Plays none any more, as the page unloads: its successor goes on with them. */
  dispose(): void {
    for (const use of USES) this.#slots[use].dispose();
  }
}

/** The sources of one use: the one that is shown, and the one that will replace it. */
class Slot {
  readonly #use: SourceUse;
  readonly #place: SourcePlace;
  readonly #options: SourcesOptions;
  readonly #unwatch: () => void;
  #shown: PlayedSource | null = null;
  #coming: PlayedSource | null = null;
  /** Whether the one that is shown has ended: its last picture stays until there is another. */
  #ended = false;
  /** Those whose end was told before the server's own report of it. */
  readonly #told = new Set<string>();

  constructor(use: SourceUse, place: SourcePlace, options: SourcesOptions) {
    this.#use = use;
    this.#place = place;
    this.#options = options;
    this.#unwatch = place.watch(
      () => this.#shown,
      (by) =>
        this.stop(
          by ? "Another screen is shared in its place." : "Its sharing was stopped in the meeting.",
        ),
    );
  }

  open({ stream, watch_ticket: ticket, title, ref }: SourceOpened): void {
    if (this.#shown?.stream === stream || this.#coming?.stream === stream) return;
    const { url } = this.#options;
    const played = new PlayedStream(
      { url, stream, ticket },
      {
        onPicture: () => this.#arrived(source),
        onResized: () => this.#options.onResized(),
        onRefused: (refusal) => this.#refused(source, refusal),
      },
    );
    const source: PlayedSource = { stream, title, played, found: ref === null };
    this.#coming?.played.close();
    this.#coming = source;
    this.#place.expect(source);
  }

  /** The server has closed one. */
  closed(stream: string, end: End): void {
    if (this.#told.delete(stream)) return;
    if (!this.#close(stream, end)) {
      // It ended while the page was reloaded: only its program, and others, have seen it.
      if (!this.#shown && !this.#coming) this.#place.clear(end.failed);
      this.#tell(stream, end);
    }
    this.#told.delete(stream);
  }

  /** Returns whether it was there. */
  #close(stream: string, end: End): boolean {
    if (this.#coming?.stream === stream) {
      // What it was to replace has ended before, and has no successor now.
      if (this.#ended) this.end(end);
      else this.#dropComing(end);
      return true;
    }
    if (this.#shown?.stream !== stream || this.#ended) return false;
    this.#tell(stream, end);
    this.#ended = true;
    if (!this.#coming) this.#dropShown(end);
    return true;
  }

  /** Both have ended. */
  end(end: End): void {
    this.#dropComing(end);
    if (this.#shown && !this.#ended) this.#tell(this.#shown.stream, end);
    this.#dropShown(end);
  }

  /** Ends both by a decision in this page. */
  stop(message: string): void {
    if (!this.#shown && !this.#coming) return;
    this.end({ message, failed: false });
    this.#options.line.send({ type: "close_source", use: this.#use });
  }

  dispose(): void {
    this.#unwatch();
    for (const source of [this.#shown, this.#coming]) source?.played.close();
    this.#shown = null;
    this.#coming = null;
  }

  #arrived(source: PlayedSource): void {
    if (this.#coming !== source) return;
    const before = this.#shown;
    this.#coming = null;
    this.#shown = source;
    this.#ended = false;
    this.#place.show(source);
    before?.played.close();
  }

  #refused(source: PlayedSource, { kind, message }: Refusal): void {
    const wait = kind === "unsupported" ? 0 : REASON_WAIT;
    setTimeout(() => {
      if (this.#coming !== source && (this.#shown !== source || this.#ended)) return;
      const newest = this.#coming ?? this.#shown;
      this.#close(source.stream, { message, failed: true });
      if (newest === source) this.#options.line.send({ type: "close_source", use: this.#use });
    }, wait);
  }

  #dropComing(end: End): void {
    const source = this.#coming;
    this.#coming = null;
    if (!source) return;
    this.#drop(source, end);
    this.#tell(source.stream, end);
  }

  #dropShown(end: End): void {
    const source = this.#shown;
    this.#shown = null;
    this.#ended = false;
    if (source) this.#drop(source, end);
  }

  #drop(source: PlayedSource, { failed }: End): void {
    this.#place.hide(source, failed);
    source.played.close();
  }

  #tell(stream: string, { message, failed }: End): void {
    this.#told.add(stream);
    this.#options.onClosed({ use: this.#use, stream, message, failed });
  }
}
