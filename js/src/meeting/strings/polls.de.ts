import { voting } from "../../polls/strings/de";
import { counting } from "./plural";
import type { polls as english } from "./polls.en";

const count = counting("de");

/** The text about polls, in German. */
export const polls: typeof english = {
  voting,
  answer: "Antworten",
  unanswered: (n) => count(n, { one: "# Frage zu beantworten", other: "# Fragen zu beantworten" }),
  more: (n) => count(n, { one: "# weitere Frage", other: "# weitere Fragen" }),
  notNow: "Nicht jetzt",
  voted: "Ihre Stimme zählt. Unter Umfragen können Sie sie ändern, bis die Umfrage endet.",
  none: "Noch keine Umfragen.",
  noneHint: "Was ein Moderator fragt, erscheint hier.",
  open: "Offen",
  closed: "Beendet",
  closedTold: (question) => `Die Umfrage ist beendet: ${question}`,
  close: "Jetzt beenden",
  closeOne: (question) => `Jetzt beenden: ${question}`,
  shows: {
    live: "Alle sehen das Ergebnis, während abgestimmt wird.",
    after: "Sie sehen das Ergebnis jetzt, alle anderen, wenn die Umfrage endet.",
    never: "Nur Moderatoren sehen das Ergebnis.",
  },
  votes: {
    title: "Wer wofür gestimmt hat",
    none: "Noch hat niemand abgestimmt.",
    viewer: "Ein Zuschauer",
  },
  ask: "Eine Frage stellen",
  quick: "Schnelle Umfragen",
  quickPolls: {
    yesNo: { label: "Ja / Nein", question: "Ja oder nein?", options: ["Ja", "Nein"] },
    letters: { label: "A – D", question: "Welche Antwort?", options: ["A", "B", "C", "D"] },
    pace: {
      label: "Langsamer / Gut / Schneller",
      question: "Wie ist das Tempo?",
      options: ["Langsamer", "Gut", "Schneller"],
    },
  },
  question: "Frage",
  options: "Antworten",
  option: (n) => `Antwort ${n}`,
  addOption: "Antwort hinzufügen",
  full: (n) => `Eine Umfrage hat höchstens ${n} Antworten.`,
  removeOption: (n) => `Antwort ${n} entfernen`,
  moveUp: (n) => `Antwort ${n} nach oben`,
  moveDown: (n) => `Antwort ${n} nach unten`,
  moved: (place, of) => `Jetzt an Stelle ${place} von ${of}.`,
  removed: "Antwort entfernt.",
  moveHint: "Alt und eine Pfeiltaste verschieben eine Antwort ebenfalls.",
  multiple: "Mehrere Antworten sind möglich",
  anonymous: "Anonym",
  anonymousMeans:
    "Es wird nichts gespeichert, das zeigt, wer wofür gestimmt hat, auch nicht für Sie. Sonst können es Moderatoren sehen.",
  quiz: "Es gibt eine richtige Antwort",
  quizMeans: "Alle sehen sie, wenn die Umfrage endet.",
  right: (n) => `Antwort ${n} ist richtig`,
  rightShort: "Richtig",
  seconds: "Zeit in Sekunden (freiwillig)",
  show: "Wer sieht das Ergebnis",
  showChoices: {
    after: "Alle, wenn die Umfrage endet",
    live: "Alle, während abgestimmt wird",
    never: "Nur Moderatoren",
  },
  submit: "Alle fragen",
  discard: "Verwerfen",
  notAsked: (why) => `Nicht gefragt: ${why}`,
  check: "Nicht gefragt: Verbessern Sie, was markiert ist.",
  asked: "Alle sind gefragt.",
  problems: {
    noQuestion: "Schreiben Sie die Frage.",
    noOption: "Schreiben Sie eine Antwort, oder entfernen Sie diese.",
    twice: "Eine andere Antwort lautet genauso.",
    noRight: "Markieren Sie mindestens eine Antwort als richtig.",
    seconds: (min, max) =>
      `Schreiben Sie eine ganze Zahl von ${min} bis ${max}, oder nichts für keine Begrenzung.`,
    tooLong: (n) => count(n, { one: "# Zeichen zu viel", other: "# Zeichen zu viel" }),
  },
};
