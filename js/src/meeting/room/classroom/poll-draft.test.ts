import { expect, test } from "vitest";
import { LIMITS } from "../../../shared/protocol";
import {
  draftOf,
  markRight,
  moveOption,
  type PollDraft,
  problemsOf,
  wishOf,
  withMultiple,
  withOption,
  withoutOption,
  writeOption,
} from "./poll-draft";

const FAMILY = "👨‍👩‍👧‍👦";
const texts = ({ options }: PollDraft): string[] => options.map(({ text }) => text);
const rights = ({ options }: PollDraft): number[] =>
  options.flatMap(({ right }, index) => (right ? [index] : []));
const some = (news: Partial<PollDraft> = {}): PollDraft => ({
  ...draftOf("Slope?", ["1", "2"]),
  ...news,
});

test("a complete draft is what the server is asked for", () => {
  expect(problemsOf(some())).toBeNull();
  const draft = some({ question: " Slope? ", seconds: " 60 ", show: "live", anonymous: true });
  expect(wishOf(draft)).toEqual({
    ...{ question: "Slope?", options: ["1", "2"], multiple: false, anonymous: true },
    ...{ correct: [], seconds: 60, show: "live" },
  });
});

test("half of a character is replaced, not sent", () => {
  expect(wishOf(some({ question: "a\ud83d?" })).question).toBe("a\ufffd?");
});

test("an option is added, written, moved and removed, and keeps its number", () => {
  const three = withOption(some());
  if (!three) throw new Error("there is room");
  const draft = writeOption(three, 2, "3");
  expect(texts(draft)).toEqual(["1", "2", "3"]);
  expect(texts(moveOption(draft, 2, -1))).toEqual(["1", "3", "2"]);
  expect(texts(moveOption(draft, 0, 1))).toEqual(["2", "1", "3"]);
  expect(moveOption(draft, 0, -1)).toBe(draft);
  expect(moveOption(draft, 2, 1)).toBe(draft);
  const fewer = withoutOption(draft, 1);
  expect(texts(fewer)).toEqual(["1", "3"]);
  // A number that is free again may not be that of another option.
  expect(withOption(fewer)?.options.map(({ key }) => key)).toEqual([0, 2, 3]);
});

test("a poll has so many options, and no more", () => {
  const full = draftOf(
    "?",
    Array.from({ length: LIMITS.options }, (_, index) => String(index)),
  );
  expect(withOption(full)).toBeNull();
});

test("one option is right, unless people may choose several", () => {
  const quiz = some({ quiz: true });
  const second = markRight(markRight(quiz, 0, true), 1, true);
  expect(rights(second)).toEqual([1]);
  const both = markRight(withMultiple(second, true), 0, true);
  expect([rights(both), wishOf(both).correct]).toEqual([
    [0, 1],
    [0, 1],
  ]);
  const one = withMultiple(both, false);
  expect([rights(one), one.multiple]).toEqual([[0], false]);
  expect(rights(markRight(one, 0, false))).toEqual([]);
  // What is marked counts only in a quiz.
  expect(wishOf({ ...one, quiz: false }).correct).toEqual([]);
});

test.each([
  [{ question: "  " }, { question: { kind: "empty" } }],
  [{ question: "x".repeat(502) }, { question: { kind: "long", over: 2 } }],
  [{ seconds: "4" }, { seconds: { kind: "seconds" } }],
  [{ seconds: "86401" }, { seconds: { kind: "seconds" } }],
  [{ seconds: "1.5" }, { seconds: { kind: "seconds" } }],
  [{ seconds: "1e2" }, { seconds: { kind: "seconds" } }],
  [{ quiz: true }, { right: { kind: "noRight" } }],
])("%j cannot be asked", (news, problem) => {
  expect(problemsOf(some(news))).toMatchObject(problem);
});

test("options need a text of their own", () => {
  const draft = draftOf("?", ["same", " same ", "", "y".repeat(201)]);
  expect([...(problemsOf(draft)?.options ?? [])]).toEqual([
    [1, { kind: "twice" }],
    [2, { kind: "empty" }],
    [3, { kind: "long", over: 1 }],
  ]);
});

test("what people see as a character counts as one", () => {
  expect(problemsOf(some({ question: FAMILY.repeat(500) }))).toBeNull();
  const long = problemsOf(some({ question: FAMILY.repeat(501) }));
  expect(long?.question).toEqual({ kind: "long", over: 1 });
  // Few characters, but more bytes than they may have.
  const accents = problemsOf(some({ question: `a${"\u0301".repeat(11_000)}` }));
  expect(accents?.question).toEqual({ kind: "long", over: 1 });
});
