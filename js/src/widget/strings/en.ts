/** A failure's text, in which `{}` is the room, and the label of its action, if any. */
export type FailureWords = readonly [words: string, action?: string];

const NEW_TOKEN = "make the room again, or ask its moderator for a new invite.";

const meeting = (room: string): string => (room ? `The meeting ${room}` : "This meeting");

/** English, and the words that every other language must have. */
export const en = {
  language: "en",
  cards: {
    silent: (room: string) => `${meeting(room)} starts when its cell is run.`,
    saved: (room: string) => `${meeting(room)} was here. Run the notebook to start it again.`,
    busy: (room: string) =>
      `${meeting(room)} is joined as soon as the kernel has finished: it is busy.`,
    ended: (room: string) =>
      `Its kernel was shut down or restarted, so ${room || "the meeting"} was left. Run the cell to start it again.`,
    unseen: (room: string) => `${meeting(room)} is joined as soon as its cell's output is visible.`,
    shared: (room: string) => `${meeting(room)} was started in another browser.`,
    sharedAlone: (room: string) =>
      `${meeting(room)} was started in another browser, with a token that makes no invites: ask a moderator for an invite of your own.`,
    noToken: "There is no meeting here yet: set the widget's token to join one.",
    early: (room: string, when: string) =>
      `${meeting(room)} begins on ${when}, and is joined by itself then.`,
    ask: "You have not used this server from here before. If you join, it gets your token and, where you allow them, your camera and microphone. If you do not know it, do not join.",
    browser: (room: string) =>
      `${meeting(room)} cannot run here: this app blocks camera access in notebooks. Open it in your browser.`,
    elsewhere: {
      cell: "This meeting is shown in another cell.",
      page: "This meeting moved to another browser tab.",
      browser: "This meeting moved to another browser.",
      // That tab cannot be closed from here: for security it is opened without an opener, so
      // neither page can reach the other.
      tab: "This meeting is open in its own tab: close that before you join here again.",
    },
    left: (room: string) => `You left${room && ` ${room}`}.`,
    leftByCode: (room: string) => `The notebook's code left${room && ` ${room}`}.`,
    room: "the room",
  },
  actions: {
    ownPart: "Join as a participant of your own",
    move: "Move the meeting here",
    joinThere: "Join there",
    openInBrowser: "Open in browser",
    showHere: "Show it here",
    joinHere: "Join here",
    joinAgain: "Join again",
    tryAgain: "Try again",
  },
  /** By the failure's kind; without an entry, the failure's own message is shown. */
  failures: {
    kicked: ["A moderator removed you from {}."],
    ended: ["A moderator ended {} for everyone.", "Join again"],
    refused: ["A moderator did not let you into {}.", "Ask again"],
    replaced: ["You joined {} from another place.", "Show it here"],
    room_full: ["{} is full: a participant has to leave first.", "Try again"],
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
  } as Partial<Record<string, FailureWords>>,
  header: {
    status: {
      idle: "Not joined",
      loading: "Loading…",
      joining: "Joining…",
      waiting: "Waiting to be let in",
      joined: "Joined",
      left: "Left",
      failed: "Failed",
    },
    reconnecting: "Reconnecting…",
    broadcast: {
      off: "",
      starting: "Going live…",
      live: "LIVE",
      stopping: "Ending the broadcast…",
      failed: "Broadcast failed",
    },
    moderator: "Moderator",
    participant: "Participant",
    people: (count: number): string => (count === 1 ? " person" : " people"),
    corner: "Keep a mini-player when scrolled away",
    fullScreen: "Full screen",
    openInTab: "Open in a tab",
    copyInvite: "Copy invite",
    leave: "Leave",
  },
  chrome: {
    back: "Back to the meeting",
    shrink: "Exit full screen",
    close: "Hide this corner",
  },
  view: {
    meeting: (room: string) => `Meeting ${room}`.trim(),
    entry:
      "The meeting's room: press Enter to go into it; Tab at its end, or Shift+Tab at its start, leads back",
    dismiss: "Dismiss",
    help: "What to do",
    noFullScreen: "This page allows no full screen.",
    noTab: "The browser opened no tab: allow pop-ups for this page.",
    makingInvite: "Making an invite…",
    copyByHand: "Copy the invite link:",
    copied: "The invite link is copied: anyone who has it can enter.",
    noInvite: "There is no invite.",
    kernelBusy: "The kernel does not answer: try again once it has finished.",
  },
  units: { day: "day", days: "days", h: "h", min: "min", s: "s" },
};

export type Strings = typeof en;
