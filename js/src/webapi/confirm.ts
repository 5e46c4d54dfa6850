/** Commands whose completion the meeting confirms. */

import type { EmbeddedMeeting } from "./embedded-meeting";
import { asNanoMeetError, NanoMeetError } from "./errors";
import { waitFor } from "./wait";

/** Milliseconds for a meeting to confirm a command. */
const TIMEOUT = 10_000;

/**
 * The event by which Jitsi confirms a command, and the event field that holds the command's first
 * argument. It reliably confirms no other commands.
 */
const CONFIRMATIONS: Readonly<Record<string, readonly [event: string, field?: string]>> = {
  kickParticipant: ["participantLeft", "id"],
  sendChatMessage: ["outgoingMessage"],
  subject: ["subjectChange", "subject"],
  toggleAudio: ["audioMuteStatusChanged"],
  toggleRaiseHand: ["raiseHandUpdated"],
  toggleShareScreen: ["screenSharingStatusChanged"],
  toggleVideo: ["videoMuteStatusChanged"],
};

/** Runs any command; resolves on the engine's confirmation, if it sends one. */
export async function carriedOut(
  { api, view }: EmbeddedMeeting,
  command: [name: string, ...args: unknown[]],
  error: string,
): Promise<unknown> {
  const [name, argument] = command;
  const fail = (thrown: unknown): never => {
    throw asNanoMeetError(error, thrown);
  };
  if (view.own) {
    return api.perform(...command).catch((thrown) => {
      // Ending the meeting also leaves it, perhaps before the answer arrives.
      if (name !== "endConference" || view.joined) fail(thrown);
    });
  }
  if (name.startsWith("nanomeet")) {
    throw new NanoMeetError(error, "this engine does not support the command", "unsupported");
  }
  if (!api.knows(name)) {
    const words = `there is no command ${JSON.stringify(name)}: see docs/api.md for the list`;
    throw new NanoMeetError(error, words, "unsupported");
  }
  const [confirming, field] = (Object.hasOwn(CONFIRMATIONS, name) && CONFIRMATIONS[name]) || [];
  const wait = { error, what: `confirm ${name}`, timeout: TIMEOUT };
  const done =
    confirming !== undefined &&
    waitFor(
      api,
      wait,
      (event, data) => event === confirming && (!field || data[field] === argument),
    );
  // If sending fails, the wait ends later, and no caller needs its result.
  if (done) done.catch(() => {});
  try {
    api.executeCommand(...command);
    // Messages keep their order: an answer to this request proves that earlier messages arrived.
    await (done || api.isAudioMuted());
  } catch (thrown) {
    fail(thrown);
  }
}
