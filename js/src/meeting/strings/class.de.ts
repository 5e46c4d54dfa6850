import type { classroom as english } from "./class.en";
import { counting } from "./plural";

const count = counting("de");

/** The text about the class panel, in German. */
export const classroom: typeof english = {
  title: "Klasse",
  hands: (n) => count(n, { one: "# erhobene Hand", other: "# erhobene Hände" }),
  next: "Weiter",
  callNext: "Weiter: die erste erhobene Hand aufrufen",
  call: "Aufrufen",
  callOne: (name) => `${name} aufrufen`,
  called: (name) => `${name} ist an der Reihe.`,
  someone: "Jemand, der gegangen ist",
  noHands: "Keine Hand ist erhoben.",
  notRaised: "Nicht erhoben",
  checkIn: "Zwischenstand",
  question: "Frage an alle",
  finished: "Fertig?",
  start: "Fragen",
  end: "Zwischenstand beenden",
  doneOf: (done, all) => count(all, { other: `${done} von # fertig` }),
  roster: "Klassenliste",
  absent: "Abwesend",
  here: "Anwesend",
  twice: "Link in mehreren Browsern offen",
  allHere: "Alle sind da.",
  alsoInGroups: "Auch wer in einer Gruppe ist, ist da.",
  talk: "Redezeit",
  noTalk: "Noch hat niemand gesprochen.",
  talkNotKept: "Dieser Raum hält nicht fest, wer wie lange spricht.",
};
