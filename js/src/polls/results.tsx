/** What came of a poll, or comes of it so far: in text, and as bars. */

import type { JSX } from "preact";
import type { Poll } from "../shared/protocol";
import type { VotingWords } from "./strings/en";

interface PollResultsProps {
  poll: Poll;
  words: VotingWords;
}

/** The results as far as this person may know them now. */
export function PollResults({ poll, words }: PollResultsProps): JSX.Element {
  const { counts, voters, multiple, show, open } = poll;
  if (counts === null) {
    return (
      <>
        {!open && <OptionsWithoutCounts poll={poll} words={words} />}
        <p class="poll-how">{open && show !== "never" ? words.afterwards : words.never}</p>
      </>
    );
  }
  return (
    <>
      <ul class="poll-results" aria-label={words.results}>
        {poll.options.map((_, index) => {
          const votes = counts[index] ?? 0;
          // Of people, not of votes: each of several answers may have all of them.
          const share = voters > 0 ? votes / voters : 0;
          return (
            <Option key={index} poll={poll} words={words} index={index}>
              <span class="poll-figure">
                {words.votes(votes)} · {words.percent(share)}
              </span>
              <span class="poll-bar" aria-hidden="true">
                <span style={{ width: `${share * 100}%` }} />
              </span>
            </Option>
          );
        })}
      </ul>
      {multiple && <p class="poll-how">{words.ofPeople}</p>}
    </>
  );
}

/** The right answer and one's own, where the votes are for moderators only. */
function OptionsWithoutCounts({ poll, words }: PollResultsProps): JSX.Element {
  return (
    <ul class="poll-results">
      {poll.options.map((_, index) => (
        <Option key={index} poll={poll} words={words} index={index} />
      ))}
    </ul>
  );
}

interface OptionProps extends PollResultsProps {
  index: number;
  children?: JSX.Element | JSX.Element[];
}

function Option({ poll, words, index, children }: OptionProps): JSX.Element {
  const right = poll.correct.includes(index);
  return (
    <li class={right ? "right" : undefined}>
      <span class="poll-option" dir="auto">
        {poll.options[index]}
      </span>
      {right && (
        <span class="poll-mark right">
          <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="m5 12.5 4.5 4.5L19 7.5" />
          </svg>
          {words.right}
        </span>
      )}
      {poll.own.includes(index) && <span class="poll-mark">{words.yours}</span>}
      {children}
    </li>
  );
}
