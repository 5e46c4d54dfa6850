import { RefusedError } from "../../shared/refused-error";
import type { MeetingPage } from "../room/meeting-page";
import { inWords, t } from "../strings";

/** Does what a person asked for, and says it in a few words if that fails. */
export async function attempt(meeting: MeetingPage, work: () => unknown): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    meeting.view.tell(words(error));
    return false;
  }
}

/** Why something failed, for a person to read. */
export function words(error: unknown): string {
  if (error instanceof RefusedError) return inWords(error);
  return error instanceof Error ? error.message : t.common.failed;
}
