/** The engine API's requests. */

import { invalid } from "../../shared/arguments";
import type { NamedData } from "../../shared/postis";
import { RefusedError } from "../../shared/refused-error";
import { canChooseOutput } from "../media/devices";
import { snapshot } from "../media/snapshot";
import { avatarOf, type MeetingPage } from "../room";
import { runCommand } from "./engine-commands";
import { availableDevices, byKind, described, hasCamera, sharing } from "./engine-data";
import type { Emit } from "./engine-events";
import { breakoutRooms } from "./engine-groups";

type Answer = (meeting: MeetingPage, data: NamedData, emit: Emit) => unknown;

export const DEVICE_ANSWERS: Readonly<Record<string, Answer>> = {
  getAvailableDevices: async ({ media }) => {
    await media.refresh();
    return availableDevices(media.devices.value);
  },
  getCurrentDevices: async ({ media }) => {
    await media.refresh();
    return byKind((kind) => {
      const device = media.current(kind);
      return device ? described(device) : null;
    });
  },
  setDevice: ({ media }, { device }) => setDevice(media, device),
  isDeviceListAvailable: () => true,
  isDeviceChangeAvailable: (_, { deviceType }) => deviceType !== "output" || canChooseOutput(),
  isMultipleAudioInputSupported: () => false,
};

/** The requests that this meeting supports; `engine/contract.json` lists all of the engine API. */
export const ANSWERS: Readonly<Record<string, Answer>> = {
  "is-audio-muted": ({ media }) => !media.microphoneOn.value,
  "is-video-muted": ({ media }) => media.camera.value === null,
  "is-audio-available": ({ media }) => media.microphone.value !== null,
  "is-video-available": hasCamera,
  "is-sharing-screen": ({ media }) => media.screen.value !== null,
  "is-audio-disabled": () => false,
  "is-start-silent": () => false,
  // The same for everyone, empty before joining.
  "session-id": ({ room }) => room.session.value,
  "get-livestream-url": ({ room }) => ({
    livestreamUrl: room.broadcast.value.playout?.live ?? null,
  }),
  "get-content-sharing-participants": (meeting) => ({ sharingParticipantIds: sharing(meeting) }),
  "is-participants-pane-open": ({ view }) => view.panel.value === "people",
  // Participants muted by a moderator may unmute themselves.
  "is-moderation-on": () => false,
  "is-participant-force-muted": () => false,
  "get-p2p-status": ({ remotes }) => remotes.value.size > 0,
  "deployment-info": ({ launch }) => ({
    environment: "nanomeet",
    envType: "embedded",
    backend: launch.base,
  }),
  "connection-stats": connectionStats,
  "capture-largevideo-screenshot": screenshot,
  "nanomeet-command": async (meeting, { command, args }, emit) => {
    if (typeof command !== "string") throw invalid("The command", "has to be a name");
    const done = await runCommand(meeting, emit, command, Array.isArray(args) ? args : []);
    // The new state of a switch, or what the command brings.
    return done ?? true;
  },
  "list-breakout-rooms": breakoutRooms,
  "rooms-info": (meeting) => ({ rooms: roomsInfo(meeting) }),
};

/** Rejects with the reason if there is no answer: an unknown request must not hang. */
export async function answerRequest(
  meeting: MeetingPage,
  data: NamedData,
  emit: Emit,
): Promise<unknown> {
  const answers = data.type === "devices" ? DEVICE_ANSWERS : ANSWERS;
  const answer = Object.hasOwn(answers, data.name) ? answers[data.name] : undefined;
  if (!answer) throw new RefusedError("unsupported", `This meeting cannot answer "${data.name}".`);
  return answer(meeting, data, emit);
}

/** The id decides; clients of nanoMeet pass the id as the label. */
async function setDevice(media: MeetingPage["media"], wanted: unknown): Promise<boolean> {
  const read = (key: string): unknown =>
    typeof wanted === "object" && wanted !== null ? Reflect.get(wanted, key) : undefined;
  const ofKind = media.devices.value.filter(({ kind }) => kind === read("kind"));
  const found =
    ofKind.find(({ deviceId }) => deviceId === read("id")) ??
    ofKind.find(({ deviceId }) => deviceId === read("label")) ??
    ofKind.find(({ label }) => label === read("label"));
  if (!found) throw new RefusedError("no_device", "There is no such device.");
  await media.choose(found.kind, found.deviceId);
  return true;
}

/** The quality of each direct connection that was measured. */
function connectionStats({ remotes }: MeetingPage): Record<string, unknown> {
  const stats = [...remotes.value].flatMap(([id, { quality }]) => (quality ? [[id, quality]] : []));
  return Object.fromEntries(stats);
}

/** Takes a snapshot of the spotlight; if all tiles are equal, of the last one with video. */
async function screenshot(meeting: MeetingPage): Promise<{ dataURL: string }> {
  const { large, media, remotes, room } = meeting;
  const shown = room.everybody.value.filter(({ video, screen }) => video || screen);
  const one = shown.find(({ id }) => id === large.value) ?? (large.value ? null : shown.at(-1));
  const remote = one && remotes.value.get(one.id);
  const own = media.screen.value ?? media.camera.value;
  const theirs = one?.screen ? remote?.screen : remote?.video;
  const track = one?.id === room.selfId.value ? own : theirs;
  if (!track)
    throw new RefusedError("no_picture", "The participant who is shown large has no video.");
  return { dataURL: await snapshot(track) };
}

function roomsInfo(meeting: MeetingPage): Record<string, unknown>[] {
  return Object.values(breakoutRooms(meeting)).map(({ id, jid, isMainRoom, participants }) => ({
    id,
    jid,
    isMainRoom,
    participants: Object.entries(participants).map(([person, described]) => ({
      id: person,
      ...described,
      avatarUrl: avatarOf(meeting, person),
    })),
  }));
}
