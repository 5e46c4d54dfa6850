/** Asks the participant whether a program may read their picture or sound: one question at a time. */

import type { JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ReadingAsked } from "../../shared/protocol";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { attempt } from "./attempt";

/** Milliseconds: the second click of a double click must not answer the next question. */
const GUARD = 600;

export function ReadingQuestions({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const [first, ...others] = meeting.view.readingQuestions.value;
  /** Whether the last question was answered here, so that the next one takes its place. */
  const answered = useRef(false);
  useEffect(() => {
    if (!first) answered.current = false;
  }, [first]);
  if (!first) return null;
  return (
    <ReadingQuestion
      key={first.reading.id}
      meeting={meeting}
      asked={first}
      others={others.length}
      follows={answered.current}
      onAnswered={() => {
        answered.current = true;
      }}
    />
  );
}

interface QuestionProps {
  meeting: MeetingPage;
  asked: ReadingAsked;
  /** The number of questions that wait behind it. */
  others: number;
  follows: boolean;
  onAnswered: () => void;
}

function ReadingQuestion(props: QuestionProps): JSX.Element {
  const { meeting, asked, others, follows, onAnswered } = props;
  const { id, media } = asked.reading;
  const words = useId();
  const text = useRef<HTMLParagraphElement>(null);
  const [guarded, guard] = useState(follows);
  // The button that had the focus is gone.
  useLayoutEffect(() => {
    if (follows && document.hasFocus()) text.current?.focus();
  }, [follows]);
  useEffect(() => {
    if (!guarded) return;
    const timer = setTimeout(() => guard(false), GUARD);
    return () => clearTimeout(timer);
  }, [guarded]);
  const answer = (allowed: boolean): void => {
    onAnswered();
    meeting.view.dropReadingQuestion(id);
    void attempt(meeting, () => meeting.ask.answerReading(id, allowed));
  };
  return (
    <section class="notice plain reading-question" aria-labelledby={words}>
      <p class="notice-text" id={words} ref={text} tabIndex={-1}>
        <strong>{t.readings.asks[media](asked.name)}</strong> {t.readings.means[media]}
        {others > 0 && <small>{t.readings.waiting(others)}</small>}
      </p>
      <span class="notice-actions">
        <button type="button" class="button small" disabled={guarded} onClick={() => answer(false)}>
          {t.readings.refuse}
        </button>
        <button
          type="button"
          class="button primary small"
          disabled={guarded}
          onClick={() => answer(true)}
        >
          {t.readings.allow}
        </button>
      </span>
    </section>
  );
}
