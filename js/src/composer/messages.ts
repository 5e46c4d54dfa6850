/** Messages between the page and the composer's Worker. */

import type { IngestGranted } from "../shared/protocol";
import type { Size } from "./layout";

export type Quality = IngestGranted["quality"];
export type Codec = NonNullable<IngestGranted["codec"]>;
export type Shows = IngestGranted["shows"];

/** A tile for the Worker; its camera is a source that the page opened before. */
export interface WorkerTile {
  id: string;
  name: string;
  speaking: boolean;
  source: number | null;
  /** Whether it must not be cropped, as for a screen share. */
  whole: boolean;
}

/** The look of the stage, apart from its tiles. */
export interface Look {
  /** The subject, shown while the stage is empty. */
  title: string;
  /** The large tile; null for tiles of one size. */
  large: number | null;
  /** Everything but the stage is silent. */
  shows: Shows;
  /** The card shown instead of the stage; null for the stage itself. */
  card: Card | null;
  brand: Brand;
}

/** The broadcast's branding; null for the defaults. CSS colours and font names. */
export interface Brand {
  background: string | null;
  text: string | null;
  accent: string | null;
  font: string | null;
}

/** Which image of a brand. */
export type Ornament = "logo" | "backdrop";

/** Why it ended: a kind that pages have text for, and a message. */
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

/** The composer's figures of the last second. */
export interface Health {
  /** Frames sent and skipped. */
  fps: number;
  skipped: number;
  /** Bits per second, of video and audio. */
  bitrate: number;
  /** The average encoding time in milliseconds. */
  encode: number;
  /** Frames queued for the encoder, and bytes queued for the network. */
  queue: number;
  backlog: number;
  /**
   * The fractions of the full bitrate and frame rate that the machine and the network currently
   * allow.
   */
  quality: { bitrate: number; framerate: number };
  /** The video codec, and the frame size; null and 0 for audio only. */
  codec: Codec | null;
  width: number;
  height: number;
  /** What viewers see. */
  shows: Shows;
}

export interface OpenMessage {
  type: "open";
  ingestUrl: string;
  ticket: string;
  /** Null for audio only. */
  size: Size | null;
  framerate: number;
  /** Null: a codec that this browser encodes and every viewer decodes. */
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
  /** Viewers see this from now on. */
  | { type: "shown"; shows: Shows }
  | { type: "health"; health: Health }
  | { type: "ended"; failed: boolean; fault: Fault }
  | { type: "stopped" };
