/** What the page and the composer's Worker say to each other. */

import type { IngestGranted } from "../shared/protocol";
import type { Size } from "./layout";

export type Quality = IngestGranted["quality"];
export type Codec = NonNullable<IngestGranted["codec"]>;
export type Shows = IngestGranted["shows"];

/** A tile as the Worker knows it: its camera is a source that the page opened before. */
export interface WorkerTile {
  id: string;
  name: string;
  speaking: boolean;
  source: number | null;
  /** Whether nothing of the picture may be cut off: a shared screen. */
  whole: boolean;
}

/** How the stage looks, beside its tiles. */
export interface Look {
  /** What it is about; shown while the stage is empty. */
  title: string;
  /** Which tile is large; null for tiles of one size. */
  large: number | null;
  /** With anything but the stage nothing is heard. */
  shows: Shows;
  /** What is shown in place of the stage; null for the stage itself. */
  card: Card | null;
  brand: Brand;
}

/** Whose broadcast it is, by its looks; null for what is as usual. CSS colours and names of fonts. */
export interface Brand {
  background: string | null;
  text: string | null;
  accent: string | null;
  font: string | null;
}

/** Which picture of a brand. */
export type Ornament = "logo" | "backdrop";

/** Why it ended by itself: a kind that pages have words for, and words of its own. */
export interface Fault {
  kind:
    | "broadcast_codec"
    | "broadcast_encoder"
    | "broadcast_connection"
    | "broadcast_composer"
    | "broadcast_ended";
  message: string;
}

export interface Card {
  title: string;
  text: string;
}

/** How the composer fared in the last second. */
export interface Health {
  /** Pictures sent and left out. */
  fps: number;
  skipped: number;
  /** Bits a second, of pictures and sound. */
  bitrate: number;
  /** Milliseconds from a composed picture to its encoded one, on average. */
  encode: number;
  /** Pictures that wait for the encoder, and bytes that wait for the network. */
  queue: number;
  backlog: number;
  /** Parts of the full bit rate and frame rate that the machine and the network allow now. */
  quality: { bitrate: number; framerate: number };
  /** What is encoded, and its size; null and 0 for sound alone. */
  codec: Codec | null;
  width: number;
  height: number;
  /** What viewers are shown. */
  shows: Shows;
}

export interface OpenMessage {
  type: "open";
  ingestUrl: string;
  ticket: string;
  /** Null for sound alone. */
  size: Size | null;
  framerate: number;
  /** Null for what this browser encodes and everybody decodes. */
  codec: Codec | null;
  look: Look;
}

export type ToWorker =
  | OpenMessage
  | { type: "source"; source: number; readable: ReadableStream<VideoFrame> }
  | { type: "close_source"; source: number }
  | { type: "voice"; voice: number; readable: ReadableStream<AudioData> }
  | { type: "close_voice"; voice: number }
  | { type: "stage"; look: Look; tiles: WorkerTile[] }
  | { type: "ornament"; ornament: Ornament; picture: ImageBitmap | null }
  | { type: "stop" };

export type FromWorker =
  | { type: "started" }
  /** From now on viewers are shown this. */
  | { type: "shown"; shows: Shows }
  | { type: "health"; health: Health }
  | { type: "ended"; failed: boolean; fault: Fault }
  | { type: "stopped" };
