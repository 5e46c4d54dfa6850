import { panels } from "./panels.en";
import { counting } from "./plural";

const count = counting("en");

/** English, and what every other language has to say. */
export const en = {
  panels,
  common: {
    meeting: "Meeting",
    close: "Close",
    leave: "Leave",
    you: (name: string) => `${name} (you)`,
    moderator: "Moderator",
    guest: "Guest",
    failed: "That did not work. Try again.",
  },
  /** By the kind that the server, or the page itself, names; else the server's own message is shown. */
  errors: {
    forbidden: "Only a moderator may do that.",
    timeout: "The server did not answer in time.",
    not_joined: "You are not in the meeting.",
    connection_lost: "The connection was lost meanwhile.",
    too_many_attempts: "That was wrong too often. Wait a little, then try again.",
    audience: "You are in the audience: raise your hand, and a moderator can invite you up.",
  } as Partial<Record<string, string>>,
  door: {
    joining: "Joining the meeting…",
    moment: "One moment.",
    retrying: "The server does not answer yet. Trying again…",
    waiting: "Waiting to be let in",
    waitingFor: "A moderator has been told that you are here.",
    note: (name: string) => `${name} says:`,
    havePassword: "I have the room's password",
    passwordTitle: "This room asks for a password",
    passwordWrong: "That is not the password.",
    password: "Password",
    join: "Join",
    joinAgain: "Join again",
    useHere: "Use it here",
    ownPicture: "Your own picture",
    noToken: "This address has no token in it: open the whole invite link that you were given.",
  },
  endings: {
    left: { title: "You left the meeting", told: "Your camera and microphone are off." },
    kicked: {
      title: "You were removed from the meeting",
      told: "A moderator has sent you out of this room.",
    },
    refused: { title: "You were not let in", told: "A moderator did not let you in." },
    replaced: {
      title: "The meeting is open elsewhere",
      told: "You joined it in another tab or window, which took this one's place.",
    },
    room_full: { title: "The room is full", told: "Try again when somebody has left." },
    room_closed: {
      title: "The room is locked",
      told: "Nobody else can come in at the moment. Ask a moderator to open it, then try again.",
    },
    ended: { title: "The meeting has ended", told: "A moderator has ended it for everybody." },
    token_malformed: { title: "This link does not work", told: "" },
    token_rejected: { title: "This link does not work", told: "" },
    token_expired: {
      title: "This link has expired",
      told: "Ask the person who sent it for a new one.",
    },
    token_not_yet_valid: {
      title: "The meeting has not begun",
      told: "It is not open yet. Try again when it is time.",
    },
    protocol: { title: "The connection ended", told: "" },
    too_many_messages: { title: "The connection ended", told: "" },
    server_stopping: {
      title: "The server was stopped",
      told: "Try again when it has been started again.",
    },
    server_unreachable: {
      title: "The server cannot be reached",
      told: "Check your network, then join again.",
    },
  },
  header: {
    people: (n: number) => count(n, { one: "# person", other: "# people" }),
    showPeople: (people: string) => `${people} in the meeting: show who`,
    peopleTitle: "People",
    password: "A password is asked for",
    lobby: "Newcomers wait until they are let in",
    closed: "The room is locked",
    live: "LIVE",
    recorded: "REC",
    goingLive: "Going live…",
    ending: "Ending…",
    watch: "Watch it in a new tab",
    watchRecorded: "Live and recorded. Watch it in a new tab",
    viewers: (n: number) => count(n, { one: "# viewer", other: "# viewers" }),
  },
  notices: {
    reconnecting: "The connection was lost. Reconnecting…",
    hear: "Click to hear the others",
    listen: "You can listen meanwhile.",
    again: "Try again",
    closeNotice: "Close this notice",
  },
};
