import type { Meeting } from "../meeting";

/** Does what a person asked for, and says it in a few words if that fails. */
export async function attempt(
  meeting: Meeting,
  work: () => Promise<void> | void,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    meeting.view.tell(error instanceof Error ? error.message : "That did not work. Try again.");
    return false;
  }
}
