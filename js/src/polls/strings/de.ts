import type { VotingWords } from "./en";

const plural = new Intl.PluralRules("de");
const numbers = new Intl.NumberFormat("de");
const percents = new Intl.NumberFormat("de", { style: "percent", maximumFractionDigits: 0 });

const counted = (count: number, one: string, other: string): string =>
  `${numbers.format(count)} ${plural.select(count) === "one" ? one : other}`;

/** The text that a person needs to answer a poll and to read its results, in German. */
export const voting: VotingWords = {
  asked: (question) => `Umfrage: ${question}`,
  one: "Wählen Sie eine Antwort.",
  several: "Wählen Sie eine oder mehrere Antworten.",
  anonymous: "Anonym: Es wird nichts gespeichert, das zeigt, wer wofür gestimmt hat.",
  named:
    "Nicht anonym: Wenn Stimmen gespeichert werden, können Moderatoren sehen, wer wofür gestimmt hat.",
  vote: "Abstimmen",
  change: "Stimme ändern",
  takeBack: "Stimme zurücknehmen",
  counts: "Ihre Stimme zählt. Sie können sie ändern, bis die Umfrage endet.",
  takenBack: "Ihre Stimme ist zurückgenommen.",
  chooseFirst: "Wählen Sie zuerst eine Antwort.",
  notCounted: (why) => `Nicht gezählt: ${why}`,
  left: (clock) => `noch ${clock}`,
  ending: "Die Zeit ist um",
  voters: (n) => counted(n, "Person hat abgestimmt", "Personen haben abgestimmt"),
  votes: (n) => counted(n, "Stimme", "Stimmen"),
  percent: (share) => percents.format(share),
  right: "Richtige Antwort",
  yours: "Ihre Stimme",
  results: "Ergebnis",
  ofPeople: "Mehrere Antworten waren möglich: Die Prozente beziehen sich auf die Abstimmenden.",
  afterwards: "Das Ergebnis ist zu sehen, wenn die Umfrage endet.",
  never: "Nur Moderatoren sehen das Ergebnis.",
  closed: "Beendet",
};
