/** Asks an open poll's question over the stage, so that people need not open the panel. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Poll } from "../../../shared/protocol";
import { offersPolls } from "../../room/classroom/polls";
import type { MeetingPage } from "../../room/meeting-page";
import { t } from "../../strings";
import { Close, Poll as PollIcon } from "../icons";
import { returnFocus } from "../panel";
import { Answer, Facts } from "./polls";

/** The first poll that waits for this participant's answer. Does not take the focus. */
export function PollCard({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const waiting = waitingIn(meeting);
  return waiting && <Card key={waiting.poll.id} meeting={meeting} {...waiting} />;
}

/** The same where there is no room for the answers: the panel has them. */
export function PollHint({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const waiting = waitingIn(meeting);
  return waiting && <Hint key={waiting.poll.id} meeting={meeting} {...waiting} />;
}

function waitingIn({ launch, polls, view }: MeetingPage): Omit<CardProps, "meeting"> | null {
  const [poll, ...others] = polls.shown.value;
  if (!poll || view.panel.value === "polls" || !offersPolls(launch)) return null;
  return { poll, others: others.length };
}

interface CardProps {
  meeting: MeetingPage;
  poll: Poll;
  /** The number of polls that wait behind it. */
  others: number;
}

function Card({ meeting, poll, others }: CardProps): JSX.Element {
  const card = useRef<HTMLElement>(null);
  // The card goes with what had the focus in it.
  useLayoutEffect(() => {
    const { current } = card;
    return () => {
      if (current?.contains(document.activeElement)) returnFocus("polls");
    };
  }, []);
  const dismiss = (): void => meeting.polls.dismiss(poll.id);
  return (
    <section
      ref={card}
      class="poll-card poll"
      aria-label={t.polls.voting.asked(poll.question)}
      onKeyDown={({ key }) => {
        if (key === "Escape") dismiss();
      }}
    >
      <div class="poll-card-head">
        <Facts meeting={meeting} poll={poll} />
        {others > 0 && <small>{t.polls.more(others)}</small>}
        <button
          type="button"
          class="quiet"
          aria-label={t.polls.notNow}
          title={t.polls.notNow}
          onClick={dismiss}
        >
          <Close />
        </button>
      </div>
      <Answer meeting={meeting} poll={poll} onVoted={() => meeting.view.tell(t.polls.voted)} />
    </section>
  );
}

function Hint({ meeting, poll, others }: CardProps): JSX.Element {
  return (
    <section class="notice plain poll-hint" aria-label={t.polls.voting.asked(poll.question)}>
      <PollIcon />
      <span class="notice-text">
        <span class="poll-hint-question" dir="auto">
          {poll.question}
        </span>
        {others > 0 && <small>{t.polls.more(others)}</small>}
      </span>
      <span class="notice-actions">
        <button
          type="button"
          class="button primary small"
          data-panel-button="polls"
          onClick={() => meeting.view.toggle("polls")}
        >
          {t.polls.answer}
        </button>
        <button
          type="button"
          class="quiet"
          aria-label={t.polls.notNow}
          title={t.polls.notNow}
          onClick={() => meeting.polls.dismiss(poll.id)}
        >
          <Close />
        </button>
      </span>
    </section>
  );
}
