/** Finds web addresses in text, to make them clickable. */

export interface Piece {
  text: string;
  /** Set if the text is a web address. */
  href?: string;
}

const ADDRESS = /https?:\/\/[^\s<>"]+/gi;
/** Characters that more likely end the sentence than the address. */
const TRAILING = /[.,;:!?'…»“”’*_~]+$/;

/** Splits a text into pieces; joined, they are the text again. Only http and https become links. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    if (!isAddress(address)) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index) });
    found.push({ text: address, href: address });
    from = match.index + address.length;
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}

/** Trims trailing punctuation, and a bracket that was opened before the address. */
function trimmed(address: string): string {
  const shorter = address.replace(TRAILING, "");
  const unopened =
    (shorter.endsWith(")") && count(shorter, ")") > count(shorter, "(")) ||
    (shorter.endsWith("]") && count(shorter, "]") > count(shorter, "["));
  if (unopened) return trimmed(shorter.slice(0, -1));
  return shorter;
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  // A username before an @ makes a URL look like another site's.
  return username === "" && password === "";
}
