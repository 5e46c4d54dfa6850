/** Making a password for a room that can be read out and typed. */

// Sixteen and four of those that are hard to mishear or to misread: 6 bits a syllable, no bias.
const CONSONANTS = "bdfghjkmnprstvwz";
const VOWELS = "aeiu";
const GROUPS = 4;
const SYLLABLES = 2;

/** Four groups of two syllables: 48 bits, where the server rations guesses. */
export function makePassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(GROUPS * SYLLABLES));
  const syllables = [...bytes].map((byte) => `${CONSONANTS[byte & 15]}${VOWELS[(byte >> 4) & 3]}`);
  return Array.from({ length: GROUPS }, (_, group) =>
    syllables.slice(group * SYLLABLES, (group + 1) * SYLLABLES).join(""),
  ).join("-");
}
