/** What represents a participant without a picture: initials and a colour, from the name. */

import { first } from "./text";

/** Up to two initials, of the first and the last word. The same on every page, in any language. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return (
    chosen
      .map((word) => first(word ?? ""))
      .join("")
      .toUpperCase() || "?"
  );
}

/** A name's hue, always the same. */
export function hue(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
}
