/** What the page and its AudioWorklet say to each other. Times in microseconds. */

export const PROCESSOR = "nanomeet-sound";

export type ToWorklet =
  | { type: "sound"; timestamp: number; planes: Float32Array<ArrayBuffer>[] }
  /** The stream's moment that is due at context time 0. */
  | { type: "shift"; shift: number }
  | { type: "clear" };

export interface SoundReport {
  /** Context time, and the stream's moment that was due to be heard then; null in silence. */
  contextTime: number;
  position: number | null;
  /** How often the sound ran out so far. */
  gaps: number;
  /** Root mean square since the last report. */
  level: number;
}
