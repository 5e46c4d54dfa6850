/** The panel of polls: answers, results, and for moderators the questions. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { PollAnswer } from "../../../polls/answer";
import { PollFacts } from "../../../polls/facts";
import { PollResults } from "../../../polls/results";
import type { Poll } from "../../../shared/protocol";
import type { MeetingPage } from "../../room/meeting-page";
import { t } from "../../strings";
import { attempt, words } from "../attempt";
import { AskPoll } from "./ask-poll";
import { PollVotes } from "./poll-votes";

interface PollProps {
  meeting: MeetingPage;
  poll: Poll;
}

export function PollsPanel({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { polls, room } = meeting;
  const words = t.polls;
  const [open, closed] = [polls.open.value, polls.closed.value];
  return (
    <>
      {room.moderator.value && <AskPoll meeting={meeting} />}
      {open.length > 0 && (
        <section class="polls" aria-label={words.open}>
          {open.map((poll) => (
            <OpenPoll key={poll.id} meeting={meeting} poll={poll} />
          ))}
        </section>
      )}
      {closed.length > 0 && (
        <section class="polls" aria-labelledby="polls-closed">
          <h3 id="polls-closed">
            {words.closed}
            <span class="count">{closed.length}</span>
          </h3>
          {closed.map((poll, index) => (
            <ClosedPoll key={poll.id} meeting={meeting} poll={poll} newest={index === 0} />
          ))}
        </section>
      )}
      {open.length + closed.length === 0 && (
        <div>
          <p>{words.none}</p>
          {!room.moderator.value && <p class="soft">{words.noneHint}</p>}
        </div>
      )}
    </>
  );
}

/** The part of a poll that people answer: in the panel and over the stage. */
export function Answer({
  meeting,
  poll,
  onVoted,
  children,
}: PollProps & { onVoted?: () => void; children?: JSX.Element }): JSX.Element {
  const { polls } = meeting;
  return (
    <PollAnswer
      poll={poll}
      words={t.polls.voting}
      choices={polls.choicesOf(poll)}
      onChoose={(choices) => polls.choose(poll.id, choices)}
      onVote={async (choices) => {
        await meeting.vote(poll.id, choices);
        onVoted?.();
      }}
      reason={words}
    >
      {children}
    </PollAnswer>
  );
}

/** How many voted, and how long the poll stays open. */
export function Facts({ meeting, poll }: PollProps): JSX.Element {
  return <PollFacts poll={poll} ahead={meeting.polls.ahead.value} words={t.polls.voting} />;
}

function OpenPoll({ meeting, poll }: PollProps): JSX.Element {
  const moderator = meeting.room.moderator.value;
  const article = useRef<HTMLElement>(null);
  const { id, question, show } = poll;
  const close = async (): Promise<void> => {
    // The button goes with the poll; its place stays.
    const kept = article.current?.closest<HTMLElement>(".panel");
    if (await attempt(meeting, () => meeting.ask.closePoll(id))) kept?.focus();
  };
  return (
    <article class="poll" data-poll={id} aria-label={question} ref={article}>
      <Answer meeting={meeting} poll={poll} />
      <Facts meeting={meeting} poll={poll} />
      <PollResults poll={poll} words={t.polls.voting} />
      {moderator && (
        <>
          {!poll.anonymous && <PollVotes meeting={meeting} poll={poll} />}
          <p class="poll-how">{t.polls.shows[show]}</p>
          <button
            type="button"
            class="button small start"
            aria-label={t.polls.closeOne(question)}
            onClick={() => void close()}
          >
            {t.polls.close}
          </button>
        </>
      )}
    </article>
  );
}

function ClosedPoll({ meeting, poll, newest }: PollProps & { newest: boolean }): JSX.Element {
  return (
    <details class="poll closed" data-poll={poll.id} open={newest}>
      <summary>
        <span class="poll-question" dir="auto">
          {poll.question}
        </span>
      </summary>
      <Facts meeting={meeting} poll={poll} />
      <PollResults poll={poll} words={t.polls.voting} />
      {meeting.room.moderator.value && !poll.anonymous && (
        <PollVotes meeting={meeting} poll={poll} />
      )}
    </details>
  );
}
