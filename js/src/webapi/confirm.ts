/** Commands that are done when the meeting says so. */

import type { EmbeddedMeeting } from "./embedded-meeting";
import { asNanoMeetError, NanoMeetError } from "./errors";
import { waitFor } from "./wait";

/** Milliseconds for a meeting to confirm what it was told. */
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

/** Carry out any command: done when the engine says so, as far as it says anything; our own may say more. */
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
      // Who ends the meeting is out of it, perhaps before the answer is there.
      if (name !== "endConference" || view.joined) fail(thrown);
    });
  }
  if (name.startsWith("nanomeet")) {
    throw new NanoMeetError(error, "this engine cannot do that", "unsupported");
  }
  if (!api.knows(name)) {
    const words = `there is no command ${JSON.stringify(name)}: see docs/api.md for all that there are`;
    throw new NanoMeetError(error, words, "unsupported");
  }
  const [told, field] = (Object.hasOwn(TOLD, name) && TOLD[name]) || [];
  const wait = { error, what: `confirm ${name}`, timeout: TIMEOUT };
  const done =
    told !== undefined &&
    waitFor(api, wait, (event, data) => event === told && (!field || data[field] === argument));
  // Where it cannot even be said, what was waited for ends later, and concerns no caller.
  if (done) done.catch(() => {});
  try {
    api.executeCommand(...command);
    // Messages keep their order: where a question is answered, what was said before it was heard.
    await (done || api.isAudioMuted());
  } catch (thrown) {
    fail(thrown);
  }
}
