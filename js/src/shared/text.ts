/**
 * Texts that people write, counted and cut by what people see as one character (UAX #29): a flag, a
 * family, a letter with its accents. The server counts the same way: `_texts.py`.
 */

import { CHARACTER_BYTES, LIMITS } from "./protocol";

const HALF = /\p{Surrogate}/u;
const HALVES = /\p{Surrogate}/gu;
const segmenter = "Segmenter" in Intl ? new Intl.Segmenter() : null;

/** Each character; by code points in a browser that cannot say. */
export function* characters(text: string): Iterable<string> {
  if (segmenter) for (const { segment } of segmenter.segment(text)) yield segment;
  else yield* text;
}

export function lengthOf(text: string): number {
  let count = 0;
  for (const _ of characters(text)) count += 1;
  return count;
}

/** The text, or as many whole characters of its beginning as are allowed. */
export function cut(text: string, most: number): string {
  // Most texts need no counting.
  if (text.length <= most) return text;
  let [kept, count, room] = ["", 0, most * CHARACTER_BYTES];
  for (const character of characters(text)) {
    count += 1;
    room -= bytes(character);
    if (count > most || room < 0) return kept;
    kept += character;
  }
  return text;
}

/** The text with U+FFFD in the place of each half of a UTF-16 pair, which nothing can encode. */
export function whole(text: string): string {
  return text.replace(HALVES, "\ufffd");
}

export function isWhole(text: string): boolean {
  return !HALF.test(text);
}

export function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Whether a text has more than so many characters, or more bytes than these may have. */
export function isTooLong(text: string, most: number): boolean {
  // What has so many bytes is not worth being counted.
  return text.length > most && (bytes(text) > most * CHARACTER_BYTES || lengthOf(text) > most);
}

/** A display name, cut where it is too long; empty if there is nothing in it. */
export function nameOf(wanted: string): string {
  return cut(whole(wanted).trim(), LIMITS.name).trim();
}

/** The first character of a text; empty if it has none. */
export function first(text: string): string {
  for (const character of characters(text)) return character;
  return "";
}
