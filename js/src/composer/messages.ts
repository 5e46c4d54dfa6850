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

export interface OpenMessage {
  type: "open";
  ingestUrl: string;
  ticket: string;
  title: string;
  width: number;
  height: number;
  framerate: number;
}

export type ToWorker =
  | OpenMessage
  | { type: "sound"; readable: ReadableStream<AudioData> }
  | { type: "source"; source: number; readable: ReadableStream<VideoFrame> }
  | { type: "close_source"; source: number }
  | { type: "stage"; title: string; tiles: WorkerTile[] }
  | { type: "stop" };

export type FromWorker =
  | { type: "started" }
  | { type: "ended"; failed: boolean; message: string }
  | { type: "stopped" };
