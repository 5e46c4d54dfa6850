/** What a kernel's command finds while no meeting is running here. */
import { type Card, wordsOf } from "./cards";
import { PATIENCE_MS, type Standing } from "./command-queue";
import { en } from "./strings/en";

export function standingOf(card: Card | null, room: string): Standing {
  if (card === null) return { kind: "joining", why: "it is being joined", person: false };
  // Python's errors are in English.
  const { words } = wordsOf(card, room, en);
  switch (card.kind) {
    case "ask": {
      const why = "its cell asks whether you trust its server";
      return { kind: card.kind, why, person: true };
    }
    case "unseen":
      return { kind: card.kind, why: "its cell's output is not visible yet", person: true };
    case "early": {
      const { opens } = card;
      const kind = "token_not_yet_valid";
      return opens - Date.now() > PATIENCE_MS
        ? { failure: { kind, message: words } }
        : { kind, why: "its token is not valid yet", person: true, opens };
    }
    case "failed":
      return { failure: card.failure };
    default:
      return { failure: { kind: card.kind, message: words } };
  }
}
