import { counting } from "./plural";

const count = counting("en");

/** The text about the class panel, in English. */
export const classroom = {
  title: "Class",
  hands: (n: number) => count(n, { one: "# raised hand", other: "# raised hands" }),
  next: "Next",
  callNext: "Next: call on the first raised hand",
  call: "Call",
  callOne: (name: string) => `Call on ${name}`,
  called: (name: string) => `${name} was called.`,
  someone: "Someone who has left",
  noHands: "No hand is raised.",
  notRaised: "Not raised",
  checkIn: "Check-in",
  question: "Question to everyone",
  finished: "Finished?",
  start: "Start",
  end: "End the check-in",
  doneOf: (done: number, all: number) => count(all, { other: `${done} of # done` }),
  roster: "Roster",
  absent: "Absent",
  here: "Here",
  twice: "Link open in several browsers",
  allHere: "Everyone is here.",
  alsoInGroups: "Those in groups are here, too.",
  talk: "Talk time",
  noTalk: "No one has spoken yet.",
  talkNotKept: "This room does not keep how long people speak.",
};
