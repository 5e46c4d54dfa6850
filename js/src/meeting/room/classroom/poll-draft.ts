/** A question that a moderator is writing: its form, and what keeps it from being asked. */

import { LIMITS, type OpenPoll } from "../../../shared/protocol";
import { isTooLong, lengthOf, whole } from "../../../shared/text";

export type PollShow = NonNullable<OpenPoll["show"]>;
export type PollWish = Omit<OpenPoll, "type" | "ref">;

export interface DraftOption {
  /** Its number in this draft, which stays when it moves. */
  key: number;
  text: string;
  right: boolean;
}

export interface PollDraft {
  question: string;
  options: readonly DraftOption[];
  /** Whether there are right options. */
  quiz: boolean;
  multiple: boolean;
  anonymous: boolean;
  /** As typed; empty for no limit. */
  seconds: string;
  show: PollShow;
}

/** Why a part of a draft cannot be sent; `over`: by so many characters. */
export type Problem =
  | { kind: "empty" | "twice" | "noRight" | "seconds" }
  | { kind: "long"; over: number };

export interface Problems {
  question: Problem | null;
  /** By the option's key. */
  options: ReadonlyMap<number, Problem>;
  right: Problem | null;
  seconds: Problem | null;
}

/** The server's limits: options at least, and seconds. */
export const MIN_OPTIONS = 2;
export const SECONDS = { min: 5, max: 24 * 3600 } as const;

/** A draft with this question and these options; two empty ones by default. */
export function draftOf(question = "", options: readonly string[] = ["", ""]): PollDraft {
  return {
    question,
    options: options.map((text, key) => ({ key, text, right: false })),
    ...{ quiz: false, multiple: false, anonymous: false, seconds: "", show: "after" },
  };
}

/** Adds an empty option at the end; null if there are as many as a poll may have. */
export function withOption(draft: PollDraft): PollDraft | null {
  if (draft.options.length >= LIMITS.options) return null;
  const key = Math.max(-1, ...draft.options.map((one) => one.key)) + 1;
  return { ...draft, options: [...draft.options, { key, text: "", right: false }] };
}

export function withoutOption(draft: PollDraft, key: number): PollDraft {
  return { ...draft, options: draft.options.filter((one) => one.key !== key) };
}

export function writeOption(draft: PollDraft, key: number, text: string): PollDraft {
  const options = draft.options.map((one) => (one.key === key ? { ...one, text } : one));
  return { ...draft, options };
}

/** Marks an option as right, or not: the only one, unless people may choose several. */
export function markRight(draft: PollDraft, key: number, right: boolean): PollDraft {
  const options = draft.options.map((one) => {
    if (one.key === key) return { ...one, right };
    return right && !draft.multiple ? { ...one, right: false } : one;
  });
  return { ...draft, options };
}

/** Lets people choose several options, or one: then the first right one stays right. */
export function withMultiple(draft: PollDraft, multiple: boolean): PollDraft {
  const first = draft.options.find(({ right }) => right);
  const single = multiple || !first ? draft : markRight({ ...draft, multiple }, first.key, true);
  return { ...single, multiple };
}

/** Moves an option one place up (-1) or down (1), as far as that is possible. */
export function moveOption(draft: PollDraft, key: number, step: -1 | 1): PollDraft {
  const from = draft.options.findIndex((one) => one.key === key);
  const to = from + step;
  const options = [...draft.options];
  const [moved] = options.splice(from, 1);
  if (!moved || to < 0 || to > options.length) return draft;
  options.splice(to, 0, moved);
  return { ...draft, options };
}

/** What is wrong with a draft; null if it can be asked. */
export function problemsOf(draft: PollDraft): Problems | null {
  const seen = new Set<string>();
  const options = new Map<number, Problem>();
  for (const { key, text } of draft.options) {
    const words = text.trim();
    const problem: Problem | null =
      textProblem(text, LIMITS.option) ?? (seen.has(words) ? { kind: "twice" } : null);
    if (problem) options.set(key, problem);
    seen.add(words);
  }
  const question = textProblem(draft.question, LIMITS.question);
  const none = draft.quiz && !draft.options.some(({ right }) => right);
  const right: Problem | null = none ? { kind: "noRight" } : null;
  const seconds = secondsProblem(draft.seconds);
  if (!question && options.size === 0 && !right && !seconds) return null;
  return { question, options, right, seconds };
}

/** What to ask the server for; the draft has no problems. */
export function wishOf(draft: PollDraft): PollWish {
  const { quiz, multiple, anonymous, show } = draft;
  const right = draft.options.flatMap((one, index) => (quiz && one.right ? [index] : []));
  return {
    question: whole(draft.question).trim(),
    options: draft.options.map(({ text }) => whole(text).trim()),
    multiple,
    anonymous,
    correct: right,
    seconds: draft.seconds.trim() === "" ? null : Number(draft.seconds),
    show,
  };
}

function textProblem(text: string, most: number): Problem | null {
  const words = text.trim();
  if (words === "") return { kind: "empty" };
  // Too many bytes in characters that are few: at least one has to go.
  if (isTooLong(words, most)) return { kind: "long", over: Math.max(1, lengthOf(words) - most) };
  return null;
}

function secondsProblem(typed: string): Problem | null {
  const words = typed.trim();
  if (words === "") return null;
  const seconds = Number(words);
  const fits = /^\d+$/.test(words) && seconds >= SECONDS.min && seconds <= SECONDS.max;
  return fits ? null : { kind: "seconds" };
}
