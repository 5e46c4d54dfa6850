/** What a kernel's command finds while no meeting is running here. */
import { type Card, wordsOf } from "./cards";
import { type Readiness, TIMEOUT_MS } from "./command-queue";
import { en } from "./strings/en";

export function readinessOf(card: Card | null, room: string): Readiness {
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
      return opens - Date.now() > TIMEOUT_MS
        ? { failure: { kind, message: words } }
        : { kind, why: "its token is not valid yet", person: true, opens };
    }
    case "failed":
      return { failure: card.failure };
    default:
      return { failure: { kind: card.kind, message: words } };
  }
}
