/** What a cell shows without a meeting: one sentence, and the possible actions. */
import { baseUrl } from "../engine/url";
import { localeOf } from "../shared/language";
import type { Failure } from "./kernel-channel";
import { t } from "./strings";
import type { Strings } from "./strings/en";

export type Card =
  /** The kernel does not answer: it is dead or busy. */
  | { kind: "silent"; busy: boolean }
  /** The page shows a saved notebook, without a kernel. */
  | { kind: "saved" }
  /** The kernel died, and the meeting with it. */
  | { kind: "ended" }
  /** The widget's place is still hidden, in an unselected tab or a collapsed output. */
  | { kind: "unseen" }
  /** Another browser's page has the meeting; `invites`: this page may join as well. */
  | { kind: "shared"; invites: boolean }
  | { kind: "no_token" }
  /** `opens`: milliseconds since 1970. */
  | { kind: "early"; opens: number }
  | { kind: "ask"; server: string }
  /** The notebook's app blocks the camera: open the meeting in a browser. */
  | { kind: "browser" }
  | { kind: "elsewhere"; place: "cell" | "page" | "browser" | "tab" }
  /** `code`: left by code in a cell, not by a button. */
  | { kind: "left"; code?: true }
  | { kind: "failed"; failure: Failure };

export interface CardWords {
  words: string;
  /** The subject of the text, shown on its own line. */
  subject?: string;
  action?: string;
  /** The label of the second action. */
  second?: string;
}

/** A card's text, in the language of `strings`. */
export function wordsOf(card: Card, room: string, strings: Strings = t): CardWords {
  const { cards, actions, failures } = strings;
  switch (card.kind) {
    case "silent":
      return { words: card.busy ? cards.busy(room) : cards.silent(room) };
    case "ended":
    case "saved":
    case "unseen":
      return { words: cards[card.kind](room) };
    case "shared":
      return card.invites
        ? { words: cards.shared(room), action: actions.ownPart, second: actions.move }
        : { words: cards.sharedAlone(room), action: actions.move };
    case "no_token":
      return { words: cards.noToken };
    case "early": {
      const when = new Date(card.opens).toLocaleString(localeOf(strings.language), {
        dateStyle: "medium",
        timeStyle: "short",
      });
      return { words: cards.early(room, when) };
    }
    case "ask":
      return { words: cards.ask, subject: hostOf(card.server), action: actions.joinThere };
    case "browser":
      return { words: cards.browser(room), action: actions.openInBrowser };
    case "elsewhere":
      return {
        words: cards.elsewhere[card.place],
        action: card.place === "tab" ? actions.joinHere : actions.showHere,
      };
    case "left":
      return {
        words: card.code ? cards.leftByCode(room) : cards.left(room),
        action: actions.joinAgain,
      };
    case "failed": {
      const { kind, message } = card.failure;
      const [words, action] = failures[kind] ?? [message, actions.tryAgain];
      return { words: words.replace("{}", room || cards.room), ...(action && { action }) };
    }
  }
}

/** In punycode, so that look-alike letters are visible. */
function hostOf(server: string): string {
  try {
    return baseUrl(server).host;
  } catch {
    return server;
  }
}
