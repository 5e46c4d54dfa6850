/**
 * User-written text, counted and truncated in visible characters (UAX #29): a flag, a family emoji,
 * a letter with its accents. The server counts the same way: `_texts.py`.
 */

import { CHARACTER_BYTES, LIMITS } from "./protocol";

const HALF = /\p{Surrogate}/u;
const HALVES = /\p{Surrogate}/gu;
const segmenter = "Segmenter" in Intl ? new Intl.Segmenter() : null;

/** Each visible character; each code point if the browser has no `Intl.Segmenter`. */
export function* characters(text: string): Iterable<string> {
  if (segmenter) for (const { segment } of segmenter.segment(text)) yield segment;
  else yield* text;
}

export function lengthOf(text: string): number {
  let count = 0;
  for (const _ of characters(text)) count += 1;
  return count;
}

/** Truncates a text to `most` whole characters. */
export function cut(text: string, max: number): string {
  // Most texts need no counting.
  if (text.length <= max) return text;
  let [kept, count, room] = ["", 0, max * CHARACTER_BYTES];
  for (const character of characters(text)) {
    count += 1;
    room -= bytes(character);
    if (count > max || room < 0) return kept;
    kept += character;
  }
  return text;
}

/** Replaces each unpaired UTF-16 surrogate, which cannot be encoded, with U+FFFD. */
export function whole(text: string): string {
  return text.replace(HALVES, "\ufffd");
}

export function isWhole(text: string): boolean {
  return !HALF.test(text);
}

export function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Whether a text has more than `most` characters, or too many bytes for them. */
export function isTooLong(text: string, max: number): boolean {
  // A text with this many bytes need not be counted.
  return text.length > max && (bytes(text) > max * CHARACTER_BYTES || lengthOf(text) > max);
}

/** A display name, truncated to the limit; empty if there is nothing in it. */
export function nameOf(wanted: string): string {
  return cut(whole(wanted).trim(), LIMITS.name).trim();
}

/** The first character of a text; empty if it has none. */
export function first(text: string): string {
  for (const character of characters(text)) return character;
  return "";
}
