/** Answers an open poll: in the room, and on the viewers' page. */

import type { ComponentChildren, JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import type { Poll } from "../shared/protocol";
import { RefusedError } from "../shared/refused-error";
import type { VotingWords } from "./strings/en";

export interface PollAnswerProps {
  poll: Poll;
  words: VotingWords;
  /** What is chosen here, perhaps not sent yet. */
  choices: readonly number[];
  onChoose: (choices: readonly number[]) => void;
  /** Votes, with no choices to take the vote back; rejects if it does not count. */
  onVote: (choices: readonly number[]) => Promise<void>;
  /** The words for a failure that is no poll's own. */
  reason: (error: unknown) => string;
  /** Beside the buttons. */
  children?: ComponentChildren;
}

export function PollAnswer(props: PollAnswerProps): JSX.Element {
  const { poll, words, choices, onChoose, onVote, reason, children } = props;
  const id = useId();
  const submit = useRef<HTMLButtonElement>(null);
  const [problem, setProblem] = useState("");
  const [told, setTold] = useState("");
  const [sending, setSending] = useState(false);
  const voted = poll.own.length > 0;

  const vote = async (wanted: readonly number[]): Promise<void> => {
    if (sending) return;
    setSending(true);
    setProblem("");
    setTold("");
    try {
      await onVote(wanted);
      setTold(wanted.length > 0 ? words.counts : words.takenBack);
    } catch (error) {
      const known = error instanceof RefusedError ? words.refusals[error.kind] : undefined;
      setProblem(words.notCounted(known ?? reason(error)));
    }
    setSending(false);
  };
  const choose = (index: number, chosen: boolean): void => {
    setProblem("");
    setTold("");
    if (!poll.multiple) onChoose([index]);
    else {
      const others = choices.filter((one) => one !== index);
      onChoose(chosen ? [...others, index].sort((a, b) => a - b) : others);
    }
  };

  return (
    <form
      class="poll-answer"
      noValidate
      aria-busy={sending}
      onSubmit={(event) => {
        event.preventDefault();
        if (choices.length === 0) setProblem(words.chooseFirst);
        else void vote(choices);
      }}
    >
      <fieldset aria-describedby={`${id}-how ${id}-problem`}>
        <legend class="poll-question" dir="auto">
          {poll.question}
        </legend>
        <p id={`${id}-how`} class="poll-how">
          {poll.multiple ? words.several : words.one}{" "}
          {poll.anonymous ? words.anonymous : words.named}
        </p>
        {poll.options.map((option, index) => (
          // The options of a poll never change.
          <label key={index} class="poll-choice">
            <input
              type={poll.multiple ? "checkbox" : "radio"}
              name={id}
              checked={choices.includes(index)}
              onChange={({ currentTarget }) => choose(index, currentTarget.checked)}
            />
            <span dir="auto">{option}</span>
          </label>
        ))}
      </fieldset>
      <p id={`${id}-problem`} class={problem ? "trouble" : "hidden"} role="alert">
        {problem}
      </p>
      <p class={told ? "poll-told" : "hidden"} role="status">
        {told}
      </p>
      <div class="poll-actions">
        <button ref={submit} type="submit" class="button primary small">
          {voted ? words.change : words.vote}
        </button>
        {voted && (
          <button
            type="button"
            class="button small"
            onClick={() => {
              // This button goes with the vote.
              submit.current?.focus();
              void vote([]);
            }}
          >
            {words.takeBack}
          </button>
        )}
        {children}
      </div>
    </form>
  );
}
