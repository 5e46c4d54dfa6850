/** Messages between the page and the background's Worker. */

export type Blur = "slight" | "strong";

/** The background. */
export type Backdrop = { kind: "blur"; strength: Blur } | { kind: "picture"; picture: ImageBitmap };

/** The source and the sink of frames; null if the page transfers each one. */
export interface Streams {
  readable: ReadableStream<VideoFrame>;
  writable: WritableStream<VideoFrame>;
}

export type ToWorker =
  | {
      type: "open";
      /** The URLs of the WebAssembly module and of the network. */
      kernelUrl: string;
      modelUrl: string;
      backdrop: Backdrop;
      streams: Streams | null;
    }
  | { type: "backdrop"; backdrop: Backdrop }
  | { type: "picture"; picture: VideoFrame | null };

export type FromWorker =
  /** Frames are available from now on, as long as the camera has any. */
  | { type: "ready" }
  /** The average processing time per frame in milliseconds, since the last report. */
  | { type: "effort"; each: number }
  /** The page may send the next frame. */
  | { type: "next" }
  | { type: "picture"; picture: VideoFrame }
  /** There are no more frames. */
  | { type: "failed"; reason: string };
