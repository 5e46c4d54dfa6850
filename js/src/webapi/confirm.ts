/** Commands that are done when the meeting says so. */

import type { EngineCore } from "../engine/core";
import { asNanoMeetError } from "./errors";
import { waitFor } from "./wait";

/** Milliseconds for a meeting to confirm what it was told. */
const TIMEOUT = 10_000;

export interface Confirmation {
  /** "<Kind> Error": what it is called when it is not confirmed. */
  error: string;
  /** What is to be done, in words that follow "the meeting did not". */
  what: string;
  /** The command by its API name, and its arguments. */
  command: [name: string, ...args: unknown[]];
  /** Whether it is done. */
  done: () => boolean;
  /** Whether this engine tells what `done` looks at; if not, delivery has to do. */
  told?: boolean;
  /** Whether to send it even if it looks done. */
  again?: boolean;
}

export async function confirmed(api: EngineCore, task: Confirmation): Promise<void> {
  const { error, what, command, done, told = true, again = false } = task;
  const isDone = told && done();
  if (isDone && !again) return;
  const changed =
    told && !isDone
      ? waitFor(api, { error, what, timeout: TIMEOUT, command: command[0] }, done)
      : null;
  api.executeCommand(...command);
  await (changed ?? delivered(api, error));
}

/** Wait for an answer to a question: messages keep their order, so what was sent before is there. */
export async function delivered(api: EngineCore, error: string): Promise<void> {
  try {
    await api.isAudioMuted();
  } catch (thrown) {
    throw asNanoMeetError(error, thrown);
  }
}
