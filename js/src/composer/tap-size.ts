/** How large a picture of a camera is sent. Pure. */

import type { Size } from "./layout";

/** Encoders need even sizes, and the smallest that the server takes. */
const LEAST = 16;
/** A picture may be this many times as wide as its greatest height. */
const WIDEST = 4;

/** The camera's shape at no more than `lines` lines; never enlarged. */
export function tapSize({ width, height }: Size, lines: number): Size {
  const scale = Math.min(1, lines / height, (WIDEST * lines) / width);
  return { width: even(width * scale), height: even(height * scale) };
}

function even(length: number): number {
  return Math.max(LEAST, 2 * Math.floor((length + 0.5) / 2));
}
