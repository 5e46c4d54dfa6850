/** Messages between the page and the Worker that sends one camera or microphone to a program. */

export interface TapOpen {
  type: "open";
  ingestUrl: string;
  ticket: string;
  media: "audio" | "video";
  /** At most so many lines a picture, and pictures a second. */
  lines: number;
  fps: number;
}

export type ToTap =
  | TapOpen
  /** The page's browser transfers the track's frames. */
  | { type: "pictures"; readable: ReadableStream<VideoFrame> }
  | { type: "sound"; readable: ReadableStream<AudioData> }
  /** It does not: `next` asks the page for each picture. */
  | { type: "asking" }
  | { type: "picture"; picture: VideoFrame | null }
  /** The camera or microphone is off. */
  | { type: "off" };

export type FromTap =
  | { type: "next" }
  /** `unable`: this browser does not encode it; otherwise the connection was closed for good. */
  | { type: "ended"; unable: boolean };
