import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { MeetingPage } from "../../room/meeting-page";
import { t } from "../../strings";
import { attempt } from "../attempt";

/** Asks a participant whether they are done; the answer can be changed until the check-in ends. */
export function CheckInCard({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const { room, ask } = meeting;
  const words = useId();
  const asked = room.checkIn.now.value;
  const self = room.selfId.value;
  if (!asked || self === null || room.moderator.value) return null;
  const { id, question, done } = asked;
  const isDone = done.includes(self);
  const answer = (value: boolean) => () =>
    void attempt(meeting, () => ask.answerCheckIn(id, value));
  return (
    <section class="notice plain check-in" aria-labelledby={words}>
      <p class="notice-text" id={words} dir="auto">
        {question}
      </p>
      <span class="notice-actions">
        <button type="button" class="button small" aria-pressed={!isDone} onClick={answer(false)}>
          {t.roster.notYet}
        </button>
        <button type="button" class="button small" aria-pressed={isDone} onClick={answer(true)}>
          {t.roster.done}
        </button>
      </span>
    </section>
  );
}
