/** Tells what is kept of the meeting. */

import type { JSX } from "preact";
import { sentenceOf } from "../../../shared/records";
import type { MeetingPage } from "../../room/meeting-page";
import { t } from "../../strings";

interface RecordsLineProps {
  meeting: MeetingPage;
  /** Where the answer may come after the rest of the screen. */
  role?: "status";
}

/** What is kept, in a sentence; empty until the server has said it. */
export function RecordsLine({ meeting, role }: RecordsLineProps): JSX.Element {
  const kept = meeting.recordsKept.value;
  return (
    <p class="records-line" role={role}>
      {kept && sentenceOf(kept, t.records)}
    </p>
  );
}
