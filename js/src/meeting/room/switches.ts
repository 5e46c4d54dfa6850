/** Toggles for the user's devices and hand, and for the lobby. */

import { DeviceError } from "../media/devices";
import type { MeetingPage } from "./meeting-page";

export type Switch = "audio" | "video" | "screen" | "hand" | "lobby";

const turns = new WeakMap<MeetingPage, Map<Switch, Promise<unknown>>>();

/**
 * Switches something on or off. Without a value it toggles the current or pending state. Calls run
 * in order, each with the result of the previous one. Resolves with whether it is on.
 */
export function toggle(meeting: MeetingPage, what: Switch, on?: boolean): Promise<boolean> {
  const mine = turns.get(meeting) ?? new Map<Switch, Promise<unknown>>();
  turns.set(meeting, mine);
  const work = async (): Promise<boolean> => {
    await set(meeting, what, on ?? !intends(meeting, what));
    return isOn(meeting, what);
  };
  // Run synchronously if nothing is pending: browsers allow a screen share only right after a
  // click.
  const before = mine.get(what);
  const done = before ? before.then(work) : work();
  const settled = done.then(
    () => {},
    () => {},
  );
  mine.set(what, settled);
  void settled.then(() => mine.get(what) === settled && mine.delete(what));
  return done;
}

function isOn({ media, room }: MeetingPage, what: Switch): boolean {
  if (what === "hand") return room.own.value?.hand != null;
  if (what === "lobby") return room.state.value.lobby;
  return media.isOn(what);
}

function intends(meeting: MeetingPage, what: Switch): boolean {
  const device = what !== "hand" && what !== "lobby";
  return device ? meeting.media.intends(what) : isOn(meeting, what);
}

async function set(meeting: MeetingPage, what: Switch, on: boolean): Promise<void> {
  if (what === "hand") await meeting.ask.raiseHand(on);
  else if (what === "lobby") await meeting.ask.setLobby(on);
  else if (what === "screen") await meeting.setScreen(on);
  else {
    await (what === "audio" ? meeting.setMicrophone(on) : meeting.setCamera(on));
    const problem = on && meeting.media.problems.value[what];
    // Use the room's own message.
    if (problem) throw new DeviceError(what, problem);
  }
}
