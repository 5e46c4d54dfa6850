/** Commands whose completion the meeting confirms. */

import type { EmbeddedMeeting } from "./embedded-meeting";
import { asNanoMeetError, NanoMeetError } from "./errors";
import { waitFor } from "./wait";

/** Milliseconds for a meeting to confirm a command. */
const TIMEOUT = 10_000;

/**
 * What a Jitsi tells of a command that it carried out, and which field of it is the command's first
 * argument; of all others it tells nothing for sure.
 */
const TOLD: Readonly<Record<string, readonly [event: string, field?: string]>> = {
  kickParticipant: ["participantLeft", "id"],
  sendChatMessage: ["outgoingMessage"],
  subject: ["subjectChange", "subject"],
  toggleAudio: ["audioMuteStatusChanged"],
  toggleRaiseHand: ["raiseHandUpdated"],
  toggleShareScreen: ["screenSharingStatusChanged"],
  toggleVideo: ["videoMuteStatusChanged"],
};

/** Run any command; resolves on the engine's confirmation, where it sends one. */
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
  const [told, field] = (Object.hasOwn(TOLD, name) && TOLD[name]) || [];
  const wait = { error, what: `confirm ${name}`, timeout: TIMEOUT };
  const done =
    told !== undefined &&
    waitFor(api, wait, (event, data) => event === told && (!field || data[field] === argument));
  // If sending fails, the wait ends later, and no caller needs its result.
  if (done) done.catch(() => {});
  try {
    api.executeCommand(...command);
    // Messages keep their order: an answered request proves that earlier messages arrived.
    await (done || api.isAudioMuted());
  } catch (thrown) {
    fail(thrown);
  }
}
