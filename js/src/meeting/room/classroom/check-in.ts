/** The check-in that goes on: what is asked, and who is done. */

import { signal } from "@preact/signals";
import type { CheckInChanged, ServerMessage } from "../../../shared/protocol";

export interface CheckIn {
  id: string;
  question: string;
  /** When it began, in seconds since the epoch. */
  since: number;
  /** The participants who are done: for moderators; others know only of themselves. */
  done: readonly string[];
}

export class CheckInStore {
  readonly now = signal<CheckIn | null>(null);

  apply(message: ServerMessage): void {
    // After a welcome it follows, if there is one.
    if (message.type === "welcome") this.clear();
    else if (message.type === "check_in_changed") this.now.value = told(message);
  }

  clear(): void {
    this.now.value = null;
  }
}

function told({ id, question, since, done }: CheckInChanged): CheckIn | null {
  return id === null ? null : { id, question, since, done };
}
