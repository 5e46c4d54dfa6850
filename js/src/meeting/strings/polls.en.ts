import { voting } from "../../polls/strings/en";
import { counting } from "./plural";

const count = counting("en");

/** The text about polls, in English. */
export const polls = {
  voting,
  answer: "Answer",
  unanswered: (n: number) =>
    count(n, { one: "# question to answer", other: "# questions to answer" }),
  more: (n: number) => count(n, { one: "# more question", other: "# more questions" }),
  notNow: "Not now",
  voted: "Your vote counts. You can change it in Polls until the poll closes.",
  none: "No polls yet.",
  noneHint: "A question that a moderator asks appears here.",
  open: "Open",
  closed: "Closed",
  closedTold: (question: string) => `The poll has closed: ${question}`,
  close: "Close now",
  closeOne: (question: string) => `Close now: ${question}`,
  /** Before the results, for moderators. */
  shows: {
    live: "Everyone sees the results as votes come in.",
    after: "You see the results now, everyone when the poll closes.",
    never: "Only moderators see the results.",
  },
  votes: {
    title: "Who voted for what",
    none: "No one has voted.",
    viewer: "A viewer",
  },
  ask: "Ask a question",
  quick: "Quick polls",
  quickPolls: {
    yesNo: { label: "Yes / No", question: "Yes or no?", options: ["Yes", "No"] },
    letters: { label: "A – D", question: "Which answer?", options: ["A", "B", "C", "D"] },
    pace: {
      label: "Slower / Good / Faster",
      question: "How is the pace?",
      options: ["Slower", "Good", "Faster"],
    },
  },
  question: "Question",
  options: "Answers",
  option: (n: number) => `Answer ${n}`,
  addOption: "Add an answer",
  full: (n: number) => `A poll has at most ${n} answers.`,
  removeOption: (n: number) => `Remove answer ${n}`,
  moveUp: (n: number) => `Move answer ${n} up`,
  moveDown: (n: number) => `Move answer ${n} down`,
  moved: (place: number, of: number) => `Moved to place ${place} of ${of}.`,
  removed: "Answer removed.",
  moveHint: "Alt and an arrow key also move an answer.",
  multiple: "People may choose several answers",
  anonymous: "Anonymous",
  anonymousMeans:
    "Nothing is kept that says who voted for what, not even for you. Otherwise moderators can see it.",
  quiz: "There is a right answer",
  quizMeans: "Everyone sees it when the poll closes.",
  right: (n: number) => `Answer ${n} is right`,
  rightShort: "Right",
  seconds: "Time limit in seconds (optional)",
  show: "Who sees the results",
  showChoices: {
    after: "Everyone, when the poll closes",
    live: "Everyone, as votes come in",
    never: "Only moderators",
  },
  submit: "Ask everyone",
  discard: "Discard",
  notAsked: (why: string) => `Not asked: ${why}`,
  check: "Not asked: correct what is marked.",
  asked: "Everyone has been asked.",
  problems: {
    noQuestion: "Write the question.",
    noOption: "Write an answer, or remove this one.",
    twice: "Another answer is the same.",
    noRight: "Mark at least one answer as right.",
    seconds: (min: number, max: number) =>
      `Write a whole number from ${min} to ${max}, or nothing for no limit.`,
    tooLong: (n: number) =>
      count(n, { one: "# character too many", other: "# characters too many" }),
  },
};
