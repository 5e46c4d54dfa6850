/** What the page and the background's Worker say to each other. */

export type Blur = "slight" | "strong";

/** What stands where the person does not. */
export type Backdrop = { kind: "blur"; strength: Blur } | { kind: "picture"; picture: ImageBitmap };

/** Where the pictures come from and go to; null: the page brings and takes each one. */
export interface Streams {
  readable: ReadableStream<VideoFrame>;
  writable: WritableStream<VideoFrame>;
}

export type ToWorker =
  | {
      type: "open";
      /** Addresses of the arithmetic and of the network. */
      kernelUrl: string;
      modelUrl: string;
      backdrop: Backdrop;
      streams: Streams | null;
    }
  | { type: "backdrop"; backdrop: Backdrop }
  | { type: "picture"; picture: VideoFrame | null };

export type FromWorker =
  /** From now on there are pictures, as long as there are any of the camera. */
  | { type: "ready" }
  /** Milliseconds that a picture took, on average since this was told before. */
  | { type: "effort"; each: number }
  /** The page may bring the next picture. */
  | { type: "next" }
  | { type: "picture"; picture: VideoFrame }
  /** No further picture comes. */
  | { type: "failed"; reason: string };
