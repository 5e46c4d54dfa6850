import { counting } from "./plural";
import type { roster as english } from "./roster.en";

const count = counting("de");

/** The text about personal links and check-ins, in German. */
export const roster: typeof english = {
  fixedName:
    "Ihr persönlicher Link legt Ihren Namen fest. Ist er falsch, bitten Sie um einen anderen Link.",
  browsers: (n) => count(n, { other: "persönlicher Link, in # Browsern offen" }),
  usedTwice: (name, n) =>
    count(n, {
      other: `Der persönliche Link von ${name} ist in # Browsern offen. Vielleicht wurde er weitergegeben.`,
    }),
  asks: (question) => `Zwischenstand: ${question}`,
  done: "Fertig",
  notYet: "Noch nicht",
};
