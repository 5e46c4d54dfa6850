/** Messages between the page and its AudioWorklet. Times in microseconds. */

export const PROCESSOR = "nanomeet-sound";

export type ToWorklet =
  | { type: "sound"; timestamp: number; planes: Float32Array<ArrayBuffer>[] }
  /** The stream time that is due at context time 0. */
  | { type: "shift"; shift: number }
  | { type: "clear" };

export interface SoundReport {
  /** Context time, and the stream time that was due then; null in silence. */
  contextTime: number;
  position: number | null;
  /** Underruns so far. */
  gaps: number;
  /** Root mean square since the last report. */
  level: number;
}
