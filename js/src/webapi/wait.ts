/** Waiting for a meeting's events: in bounded time, and never past the meeting's end. */

import { commandName } from "../engine/commands";
import type { EngineCore } from "../engine/core";
import type { EventData } from "../engine/events";
import { isFields } from "../shared/postis";
import { NanoMeetError } from "./errors";

export interface Wait {
  /** The failure's name, "<Kind> Error". */
  error: string;
  /** What it waits for, phrased to follow "the meeting did not". */
  what: string;
  /** Milliseconds. */
  timeout: number;
  /** The command that causes it, by API name: its refusal ends the wait. */
  command?: string;
}

/** The wait's timeout; a check may restart it, or stop it while waiting for a person. */
export class Clock {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly timeout: number,
    readonly onTimeout: () => void,
  ) {
    this.restart();
  }

  restart(): void {
    this.stop();
    this.#timer = setTimeout(this.onTimeout, this.timeout);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** "harmless": an event that only looks like the meeting's end. */
export type Verdict = boolean | "harmless";

/**
 * Waits for the event at which `check` returns true; an error that it throws ends the wait, too.
 */
export function waitFor(
  api: EngineCore,
  { error, what, timeout, command }: Wait,
  check: (event: string, data: EventData, clock: Clock) => Verdict,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      stop();
      clock.stop();
    };
    const clock = new Clock(timeout, () => {
      end();
      const words = `the meeting did not ${what} within ${timeout / 1000} s`;
      reject(new NanoMeetError(error, words, "timeout"));
    });
    const stop = api.observe((event, data) => {
      try {
        const verdict = check(event, data, clock);
        if (verdict === false) throwIfOver(event, data, command);
        if (verdict !== true) return;
        end();
        resolve();
      } catch (thrown) {
        end();
        reject(thrown);
      }
    });
  });
}

function throwIfOver(event: string, data: EventData, command: string | undefined): void {
  if (event === "errorOccurred" && (data.isFatal === true || refuses(data, command))) {
    const kind = typeof data.name === "string" ? data.name : "engine";
    const message = typeof data.message === "string" && data.message;
    throw new NanoMeetError("Meeting Error", message || `the meeting failed: ${kind}`, kind);
  }
  if (event === "participantKickedOut" && isLocal(data.kicked)) {
    throw new NanoMeetError("Meeting Error", "a moderator removed you from the meeting", "kicked");
  }
  if (["readyToClose", "videoConferenceLeft", "_willDispose"].includes(event)) {
    throw new NanoMeetError("Meeting Error", "you left the meeting", "left");
  }
}

/** Our own engine reports which command it refuses; other engines do not. */
function refuses({ type, details }: EventData, command: string | undefined): boolean {
  if (type !== "COMMAND" || !command || typeof details !== "object" || details === null)
    return false;
  return "command" in details && details.command === commandName(command);
}

function isLocal(kicked: unknown): boolean {
  return isFields(kicked) && kicked.local === true;
}
