import { RefusedError } from "../../shared/refused-error";
import type { MeetingPage } from "../room/meeting-page";
import { inWords, t } from "../strings";

/** Runs an action of the user, and shows a message if it fails. */
export async function attempt(meeting: MeetingPage, work: () => unknown): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    meeting.view.tell(words(error));
    return false;
  }
}

/** The reason of a failure, for people. */
export function words(error: unknown): string {
  if (error instanceof RefusedError) return inWords(error);
  return error instanceof Error ? error.message : t.common.failed;
}
