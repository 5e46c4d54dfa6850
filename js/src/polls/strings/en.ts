/** The text that a person needs to answer a poll and to read its results, in English. */

const plural = new Intl.PluralRules("en");
const numbers = new Intl.NumberFormat("en");
const percents = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 0 });

const counted = (count: number, one: string, other: string): string =>
  `${numbers.format(count)} ${plural.select(count) === "one" ? one : other}`;

export const voting = {
  /** Announced by screen readers when a poll opens. */
  asked: (question: string) => `Poll: ${question}`,
  one: "Choose one answer.",
  several: "Choose one or more answers.",
  anonymous: "Anonymous: nothing is kept that says who voted for what.",
  named: "Not anonymous: moderators can see who voted for what.",
  vote: "Vote",
  change: "Change vote",
  takeBack: "Take back vote",
  counts: "Your vote counts. You can change it until the poll closes.",
  takenBack: "Your vote is taken back.",
  chooseFirst: "Choose an answer first.",
  notCounted: (why: string) => `Not counted: ${why}`,
  /** Why a vote does not count, by the kind that the server or the page names. */
  refusals: {
    conflict: "The poll is closed.",
    not_found: "This poll does not exist any more.",
    failed: "The server could not save it. Try again.",
    timeout: "The server did not answer in time. Try again.",
    connection_lost: "The connection was lost. Try again.",
  } as Partial<Record<string, string>>,
  left: (clock: string) => `${clock} left`,
  ending: "Time is up",
  voters: (n: number) => counted(n, "person voted", "people voted"),
  votes: (n: number) => counted(n, "vote", "votes"),
  percent: (share: number) => percents.format(share),
  right: "Right answer",
  yours: "Your vote",
  results: "Results",
  ofPeople: "Several answers were possible: percentages are of the people who voted.",
  afterwards: "Results are shown when the poll closes.",
  never: "Only moderators see the results.",
};

export type VotingWords = typeof voting;
