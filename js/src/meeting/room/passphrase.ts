/** Generates room passwords that are easy to read out and type. */

// Sixteen consonants and four vowels that are hard to mishear or misread: 6 bits a syllable,
// without bias.
const CONSONANTS = "bdfghjkmnprstvwz";
const VOWELS = "aeiu";
const GROUPS = 4;
const SYLLABLES = 2;

/** Four groups of two syllables: 48 bits, enough because the server rate-limits guesses. */
export function makePassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(GROUPS * SYLLABLES));
  const syllables = [...bytes].map((byte) => `${CONSONANTS[byte & 15]}${VOWELS[(byte >> 4) & 3]}`);
  return Array.from({ length: GROUPS }, (_, group) =>
    syllables.slice(group * SYLLABLES, (group + 1) * SYLLABLES).join(""),
  ).join("-");
}
