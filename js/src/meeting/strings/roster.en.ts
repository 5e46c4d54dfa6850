import { counting } from "./plural";

const count = counting("en");

/** The text about personal links and check-ins, in English. */
export const roster = {
  fixedName:
    "Your personal link sets your name. If it is wrong, ask the organiser for another link.",
  /** At a participant, for moderators. */
  browsers: (n: number) => count(n, { other: "personal link, open in # browsers" }),
  usedTwice: (name: string, n: number) =>
    count(n, {
      other: `${name}'s personal link is open in # browsers. They may have passed it on.`,
    }),
  asks: (question: string) => `Check-in: ${question}`,
  done: "Done",
  notYet: "Not yet",
};
