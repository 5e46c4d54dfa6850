/** Was von einer Besprechung aufbewahrt wird, auf Deutsch. */

import type { RecordsWords } from "./records";

export const records: RecordsWords = {
  language: "de",
  kinds: {
    attendance: "wer wann hier war",
    hands: "gehobene Hände",
    talk: "wie lange jede Person gesprochen hat",
    polls: "Umfragen und Stimmen (anonyme ohne Namen)",
    reactions: "Reaktionen",
    viewers: "wie gut die Übertragung ankam (ohne Namen)",
    chat: "der Chat",
  },
  keeps: (what, days) =>
    `Von dieser Besprechung wird ${days === 1 ? "1 Tag" : `${days} Tage`} lang aufbewahrt: ${what}. Die Moderierenden können es lesen.`,
  keepsNothing: "Über Sie wird nichts aufbewahrt.",
  keepsViews: (days) =>
    `${days === 1 ? "1 Tag" : `${days} Tage`} lang wird ohne Namen aufbewahrt, wie lange die Übertragung hier zum Starten brauchte und wie oft sie stehen blieb.`,
};
