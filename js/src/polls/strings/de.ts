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
  named: "Nicht anonym: Moderatoren können sehen, wer wofür gestimmt hat.",
  vote: "Abstimmen",
  change: "Stimme ändern",
  takeBack: "Stimme zurücknehmen",
  counts: "Ihre Stimme zählt. Sie können sie ändern, bis die Umfrage endet.",
  takenBack: "Ihre Stimme ist zurückgenommen.",
  chooseFirst: "Wählen Sie zuerst eine Antwort.",
  notCounted: (why) => `Nicht gezählt: ${why}`,
  refusals: {
    conflict: "Die Umfrage ist beendet.",
    not_found: "Diese Umfrage gibt es nicht mehr.",
    failed: "Der Server konnte sie nicht speichern. Versuchen Sie es noch einmal.",
    too_many:
      "Zu viele Stimmen über Ihren Link oder Ihr Netzwerk. Warten Sie einen Moment, oder fragen Sie einen Moderator nach einem eigenen Link.",
    forbidden:
      "Wenn Sie in diesem Browser auch an der Besprechung teilnehmen, stimmen Sie dort ab. Sonst muss der Browser dieser Seite erlauben, Daten zu speichern.",
    timeout: "Der Server hat nicht rechtzeitig geantwortet. Versuchen Sie es noch einmal.",
    connection_lost: "Die Verbindung ging verloren. Versuchen Sie es noch einmal.",
  },
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
};
