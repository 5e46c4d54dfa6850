import type { EngineCore } from "../engine/core";
import { waitFor } from "./wait";

/** Errors by which Jitsi says that a person is waited for: it goes on afterwards. */
const ASKED = /membersOnly|conference\.(passwordRequired|displayNameRequired)/i;
/** Events after which a person is waited for. */
const WAITS: readonly string[] = ["nanomeetWaiting", "passwordRequired", "prejoinScreenLoaded"];

/** Wait until the meeting is joined. Only the engine's silence is limited, no human's patience. */
export function whenJoined(api: EngineCore, silence: number): Promise<void> {
  const wait = { error: "Timeout Error", what: "answer", timeout: silence };
  let human = false;
  return waitFor(api, wait, (event, data, clock) => {
    if (event === "videoConferenceJoined") return true;
    const asked = event === "errorOccurred" && ASKED.test(String(data.name));
    human ||= asked || WAITS.includes(event);
    if (human) clock.stop();
    else clock.restart();
    return asked ? "harmless" : false;
  });
}
