/** The commands of the kernel: methods of the Web API; the other side is `_commands.py`. */
import type { MeetingApi } from "../webapi/meeting-api";

const COMMANDS = [
  "executeCommand",
  "getAvailableDevices",
  "getCurrentDevices",
  "pinParticipant",
  "presentElement",
  "setAudioDevice",
  "setLobby",
  "setMainParticipant",
  "setNanoMeetSubject",
  "setPassword",
  "setVideoDevice",
  "startBroadcast",
  "stopBroadcast",
  "toggle",
] as const satisfies readonly (keyof MeetingApi)[];

type Method = (...args: readonly unknown[]) => Promise<{ data: unknown } | undefined>;

/** Returns a method of the Web API that the kernel may call; undefined if there is none. */
export function commandOf(engine: MeetingApi, name: string): Method | undefined {
  const known = COMMANDS.find((command) => command === name);
  return known && ((...args) => (engine[known] as Method)(...args));
}
