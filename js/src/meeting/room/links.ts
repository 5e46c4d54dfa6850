/** Finding web addresses in what people write, so that they can be clicked. */

export interface Piece {
  text: string;
  /** Set where the text is a web address. */
  href?: string;
}

const ADDRESS = /https?:\/\/[^\s<>"]+/gi;
/** What more likely ends the sentence than the address. */
const TRAILING = /[.,;:!?'…»“”’*_~]+$/;

/** The text in pieces; together they are the text again. Only http and https become links. */
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

/** Without the punctuation behind it, and without a bracket that was opened before it. */
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
  // A name before an @ makes an address look like another one's.
  return username === "" && password === "";
}
