/** Plays a stream of the server into tracks: those of a program's source. */

import { type Signal, signal } from "@preact/signals";
import { FrameDecoder } from "../../shared/frame-decoder";
import { type Frame, Kind, Track } from "../../shared/frames";
import { SoundDecoder } from "../../shared/sound-decoder";
import { audioConfig, readSetup, videoConfig } from "../../shared/track-setup";
import { type Refusal, WatchSocket } from "../../shared/watch-socket";
import { PictureTrack } from "./picture-track";
import { type SoundTrack, soundTrack } from "./sound-track";

/** A stream, and the ticket for it. */
export interface StreamAddress {
  url: string;
  stream: string;
  ticket: string;
}

export interface StreamEvents {
  /** The first picture is in the track. */
  onPicture(): void;
  /** The pictures have another size than before. */
  onResized(): void;
  /** It is not played any more, and will not be. */
  onRefused(refusal: Refusal): void;
}

export class PlayedStream {
  /** The stream's sound; null while it has none. */
  readonly sound: Signal<MediaStreamTrack | null> = signal(null);
  readonly #events: StreamEvents;
  readonly #socket: WatchSocket;
  readonly #picture: PictureTrack;
  readonly #pictures = new FrameDecoder((picture) => this.#show(picture));
  readonly #sounds = new SoundDecoder((data) => this.#play(data));
  #soundTrack: SoundTrack | null = null;
  #shown = false;
  #closed = false;

  static supported(): boolean {
    return ["VideoDecoder", "AudioDecoder"].every((name) => name in globalThis);
  }

  /** Throws if the browser does not support it. */
  constructor({ url, stream, ticket }: StreamAddress, events: StreamEvents) {
    this.#events = events;
    this.#picture = new PictureTrack(() => events.onResized());
    this.#socket = new WatchSocket(
      { url, stream, ticket, format: "frames" },
      {
        onState: ({ state }) => {
          if (state !== "live") this.#restart();
        },
        onFrame: (frame) => this.#receive(frame),
        onLost: () => this.#restart(),
        onRefused: (refusal) => events.onRefused(refusal),
      },
    );
  }

  get video(): MediaStreamTrack {
    return this.#picture.track;
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
    this.#pictures.close();
    this.#sounds.close();
    this.#picture.close();
    this.#soundTrack?.close();
  }

  #receive(frame: Frame): void {
    if (this.#closed) return;
    if (frame.kind === Kind.setup) {
      this.#prepare(frame).catch((error) => this.#refuse(String(error)));
    } else if (frame.track === Track.video) this.#pictures.decode(frame);
    else this.#sounds.decode(frame);
  }

  async #prepare({ track, payload }: Frame): Promise<void> {
    const setup = readSetup(payload);
    if (track === Track.audio) {
      this.#soundTrack ??= soundTrack();
      this.sound.value = this.#soundTrack.track;
      this.#sounds.configure(audioConfig(setup));
      return;
    }
    const config = videoConfig(setup);
    this.#pictures.configure(config);
    const { supported } = await VideoDecoder.isConfigSupported(config);
    if (supported || this.#closed) return;
    this.#refuse(setup.codec);
  }

  #refuse(what: string): void {
    const message = `This browser cannot play what the program sends: ${what}`;
    this.#events.onRefused({ kind: "unsupported", message });
  }

  #restart(): void {
    this.#pictures.close();
    this.#sounds.close();
  }

  #show(picture: VideoFrame): void {
    this.#picture.show(picture);
    if (this.#shown) return;
    this.#shown = true;
    this.#events.onPicture();
  }

  #play(data: AudioData): void {
    if (this.#soundTrack === null) data.close();
    else this.#soundTrack.play(data);
  }
}
