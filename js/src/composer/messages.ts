/** What the page and the composer's Worker say to each other. */

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
  /** What is shown instead of everything; null for the stage itself. */
  card: Card | null;
  background: string | null;
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
  width: number;
  height: number;
}

export interface OpenMessage {
  type: "open";
  ingestUrl: string;
  ticket: string;
  width: number;
  height: number;
  framerate: number;
  look: Look;
}

export type ToWorker =
  | OpenMessage
  | { type: "sound"; readable: ReadableStream<AudioData> }
  | { type: "source"; source: number; readable: ReadableStream<VideoFrame> }
  | { type: "close_source"; source: number }
  | { type: "stage"; look: Look; tiles: WorkerTile[] }
  | { type: "logo"; logo: ImageBitmap | null }
  | { type: "stop" };

export type FromWorker =
  | { type: "started" }
  | { type: "health"; health: Health }
  | { type: "ended"; failed: boolean; message: string }
  | { type: "stopped" };
