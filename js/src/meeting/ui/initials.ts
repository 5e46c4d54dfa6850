/** How a person without a picture is shown: letters and a colour of their name. */

import { first } from "../../shared/text";

/** Up to two letters: of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return (
    chosen
      .map((word) => first(word ?? ""))
      .join("")
      .toUpperCase() || "?"
  );
}

/** A colour that a name always has. */
export function hue(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
}
