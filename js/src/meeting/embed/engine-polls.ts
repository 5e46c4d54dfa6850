/** The engine API's commands about polls. */

import { flag, invalid, oneOf, text } from "../../shared/arguments";
import { LIMITS, type NamedVote } from "../../shared/protocol";
import { type MeetingPage, MIN_OPTIONS, type PollWish, SECONDS } from "../room";

const QUESTION = { min: 1, max: LIMITS.question };
const OPTION = { min: 1, max: LIMITS.option };
const ID = { min: 1, max: LIMITS.id };
const SHOWS = ["live", "after", "never"] as const;

type Read = (key: string) => unknown;

/** Resolves with the new poll's id. */
export async function openPoll(meeting: MeetingPage, wanted: unknown): Promise<{ id: string }> {
  return { id: await meeting.openPoll(pollWish((key) => Reflect.get(Object(wanted), key))) };
}

export function vote(meeting: MeetingPage, wanted: unknown): Promise<void> {
  return meeting.vote(pollId(wanted), choices("choices", Reflect.get(Object(wanted), "choices")));
}

export function closePoll({ ask }: MeetingPage, wanted: unknown): Promise<void> {
  return ask.closePoll(pollId(wanted));
}

/** Resolves with who voted for what. */
export async function readVotes(
  meeting: MeetingPage,
  wanted: unknown,
): Promise<{ votes: readonly NamedVote[] }> {
  return { votes: await meeting.readVotes(pollId(wanted)) };
}

function pollId(wanted: unknown): string {
  return text("The poll's id", Reflect.get(Object(wanted), "poll"), ID);
}

function pollWish(read: Read): PollWish {
  const options = read("options");
  const { options: most } = LIMITS;
  if (!Array.isArray(options) || options.length < MIN_OPTIONS || options.length > most) {
    throw invalid("options", `has to be a list of ${MIN_OPTIONS} to ${most} texts`);
  }
  const right = read("correct") ?? [];
  return {
    question: text("The question", read("question"), QUESTION),
    options: options.map((option, index) => text(`Option ${index + 1}`, option, OPTION)),
    multiple: flag("multiple", read("multiple"), false),
    anonymous: flag("anonymous", read("anonymous"), false),
    correct: choices("correct", right, options.length),
    seconds: seconds(read("seconds")),
    show: oneOf("show", read("show") ?? "after", SHOWS),
  };
}

/** The numbers of options, from 0. */
function choices(name: string, value: unknown, options: number = LIMITS.options): number[] {
  const right = (one: unknown): boolean =>
    Number.isInteger(one) && Number(one) >= 0 && Number(one) < options;
  if (Array.isArray(value) && value.length <= options && value.every(right)) return value;
  throw invalid(name, `is a list of options' numbers, from 0 to ${options - 1}`);
}

function seconds(value: unknown): number | null {
  if (value == null) return null;
  const { min, max } = SECONDS;
  if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return Number(value);
  throw invalid("seconds", `is a whole number from ${min} to ${max}`);
}
