/** What a cell says while no meeting is laid over it: one plain sentence, and what can be done. */
import { baseUrl } from "../engine/url";
import type { Failure } from "./kernel-channel";

export type Card =
  /** No kernel answers: there is none, or it is busy. */
  | { kind: "silent"; busy: boolean }
  /** The kernel has gone, and the meeting with it. */
  | { kind: "ended" }
  /** Its place is hidden still, in a tab page or a collapsed output. */
  | { kind: "unseen" }
  /** Another browser's page has it; `invites`: this one may take part, too. */
  | { kind: "shared"; invites: boolean }
  | { kind: "no_token" }
  /** `opens`: milliseconds since 1970. */
  | { kind: "early"; opens: number }
  | { kind: "ask"; server: string }
  /** The program that shows the notebook gives no camera: the meeting opens in a browser. */
  | { kind: "browser" }
  | { kind: "elsewhere"; place: "cell" | "page" | "browser" | "tab" }
  /** `code`: by what the notebook ran, and not by a button. */
  | { kind: "left"; code?: true }
  | { kind: "failed"; failure: Failure };

export interface CardWords {
  words: string;
  /** What the words are about, set apart from them. */
  subject?: string;
  action?: string;
  /** What can be done besides. */
  second?: string;
}

const MOVE = "Move the meeting here";

const ELSEWHERE = {
  cell: { words: "This meeting is shown in another cell.", action: "Show it here" },
  page: { words: "This meeting moved to another browser tab.", action: "Show it here" },
  browser: { words: "This meeting moved to another browser.", action: "Show it here" },
  // That tab cannot be closed from here: it must have no hold on the notebook, nor this one on it.
  tab: {
    words: "This meeting is open in its own tab: close that before you join here again.",
    action: "Join here",
  },
} as const;

type Words = readonly [words: string, action?: string];

const NEW_TOKEN = "make the room again, or ask its moderator for a new invite.";
/** By the failure's kind; where one is missing, its own message is shown. `{}` is the room. */
const FAILURES: Readonly<Record<string, Words>> = {
  kicked: ["A moderator removed you from {}."],
  ended: ["A moderator ended {} for everyone.", "Join again"],
  refused: ["A moderator did not let you into {}.", "Ask again"],
  replaced: ["You joined {} from another place.", "Show it here"],
  room_full: ["{} is full: somebody has to leave first.", "Try again"],
  token_expired: [`The token for {} has expired: ${NEW_TOKEN}`],
  token_rejected: [`The server does not accept the token for {}: ${NEW_TOKEN}`],
  token_malformed: [`This token opens no meeting: ${NEW_TOKEN}`],
  server_unreachable: ["The server of {} cannot be reached.", "Try again"],
  frame_blocked: [
    "{} may not be shown inside this page: a rule of this page, or of the server, forbids it.",
    "Open in a tab",
  ],
  frame_silent: ["{} did not start inside this page.", "Open in a tab"],
  server_stopping: ["The server of {} was stopped.", "Try again"],
  timeout: ["{} did not answer in time.", "Try again"],
};

export function wordsOf(card: Card, room: string): CardWords {
  const meeting = room ? `The meeting ${room}` : "This meeting";
  switch (card.kind) {
    case "silent":
      return card.busy
        ? { words: `${meeting} is joined as soon as the kernel has finished: it is busy.` }
        : { words: `${meeting} starts when its cell is run.` };
    case "ended":
      return {
        words: `Its kernel was shut down or restarted, so ${room || "the meeting"} was left. Run the cell to start it again.`,
      };
    case "unseen":
      return { words: `${meeting} is joined as soon as its cell's output is visible.` };
    case "shared":
      return card.invites
        ? {
            words: `${meeting} was started in another browser.`,
            action: "Join as a participant of your own",
            second: MOVE,
          }
        : {
            words: `${meeting} was started in another browser, with a token that makes no invites: ask a moderator for an invite of your own.`,
            action: MOVE,
          };
    case "no_token":
      return { words: "There is no meeting here yet: set the widget's token to join one." };
    case "early": {
      const when = new Date(card.opens).toLocaleString([], {
        dateStyle: "medium",
        timeStyle: "short",
      });
      return { words: `${meeting} begins on ${when}, and is joined by itself then.` };
    }
    case "ask":
      return {
        words:
          "You have not used this server from here before. If you join, it gets your token and, where you allow them, your camera and microphone. If you do not know it, do not join.",
        subject: hostOf(card.server),
        action: "Join there",
      };
    case "browser":
      return {
        words: `${meeting} opens in a browser: this program gives notebooks no camera.`,
        action: "Open in browser",
      };
    case "elsewhere":
      return ELSEWHERE[card.place];
    case "left":
      return {
        words: `${card.code ? "The notebook's code" : "You"} left${room && ` ${room}`}.`,
        action: "Join again",
      };
    case "failed": {
      const { kind, message } = card.failure;
      const [words, action] = FAILURES[kind] ?? [message, "Try again"];
      return { words: words.replace("{}", room || "the room"), ...(action && { action }) };
    }
  }
}

/** As a browser reads it, so that no look-alike letters pass for others. */
function hostOf(server: string): string {
  try {
    return baseUrl(server).host;
  } catch {
    return server;
  }
}
