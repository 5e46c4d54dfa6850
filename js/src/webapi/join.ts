import type { EngineCore } from "../engine/core";
import { waitFor } from "./wait";

/** Jitsi's errors that mean it waits for a person: joining may still succeed. */
const ASKED = /membersOnly|conference\.(passwordRequired|displayNameRequired)/i;
/** Events after which the meeting waits for a person. */
const WAITS: readonly string[] = ["nanomeetWaiting", "passwordRequired", "prejoinScreenLoaded"];

/** Waits until the meeting is joined. The timeout applies to the engine, not to people. */
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
