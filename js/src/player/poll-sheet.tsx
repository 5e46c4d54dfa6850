/** A poll of the meeting that is broadcast, beside or below its picture. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { PollAnswer } from "../polls/answer";
import { PollFacts } from "../polls/facts";
import { PollResults } from "../polls/results";
import type { Poll } from "../shared/protocol";
import { RefusedError } from "../shared/refused-error";
import { t } from "./strings";
import type { ViewerPolls } from "./viewer-polls";

/** The poll that is shown, or a line that brings it back. */
export function PollSheet({ polls }: { polls: ViewerPolls }) {
  const poll = polls.shown.value;
  const put = polls.put.value;
  const sheet = useRef<HTMLElement>(null);
  /** Whether the viewer pressed a button here that is gone now. */
  const pressed = useRef(false);
  useLayoutEffect(() => {
    if (!pressed.current) return;
    pressed.current = false;
    sheet.current?.focus();
  });
  const press = (work: () => void) => () => {
    pressed.current = true;
    work();
  };
  return (
    <>
      <p class="words" aria-live="polite">
        {poll?.open ? t.voting.asked(poll.question) : ""}
      </p>
      {(poll || put.length > 0) && (
        <section
          ref={sheet}
          class="poll-sheet"
          aria-label={poll ? t.voting.asked(poll.question) : t.poll.label}
          tabIndex={-1}
        >
          {poll ? (
            <Shown
              key={poll.id}
              polls={polls}
              poll={poll}
              onPut={press(() => polls.putAway(poll))}
            />
          ) : (
            <button type="button" class="button small" onClick={press(() => polls.bringBack())}>
              {t.poll.show}
            </button>
          )}
        </section>
      )}
    </>
  );
}

interface ShownProps {
  polls: ViewerPolls;
  poll: Poll;
  onPut: () => void;
}

function Shown({ polls, poll, onPut }: ShownProps) {
  return (
    <div class="poll">
      <div class="poll-sheet-head">
        <PollFacts poll={poll} ahead={polls.ahead.value} words={t.voting} />
        <button type="button" class="button small" onClick={onPut}>
          {t.poll.hide}
        </button>
      </div>
      {poll.open ? (
        <PollAnswer
          poll={poll}
          words={t.voting}
          choices={polls.choicesOf(poll)}
          onChoose={(choices) => polls.choose(poll.id, choices)}
          onVote={(choices) => polls.vote(poll.id, choices)}
          reason={(error) => (error instanceof RefusedError ? error.message : t.failed.again)}
        />
      ) : (
        <p class="poll-question" dir="auto">
          {poll.question}
        </p>
      )}
      <PollResults poll={poll} words={t.voting} />
    </div>
  );
}
