/** What the embedding page may ask: the engine API's requests. */

import type { NamedData } from "../shared/postis";
import type { Meeting } from "./meeting";
import type { DeviceKind } from "./preferences";
import { RefusedError } from "./signalling";

type Answer = (meeting: Meeting, data: NamedData) => unknown;

const KINDS: Readonly<Record<string, DeviceKind>> = {
  audioInput: "audioinput",
  audioOutput: "audiooutput",
  videoInput: "videoinput",
};

const DEVICE_ANSWERS: Readonly<Record<string, Answer>> = {
  getAvailableDevices: async ({ media }) => {
    await media.refresh();
    return byKind((kind) => media.devices.value.filter((one) => one.kind === kind).map(described));
  },
  getCurrentDevices: async ({ media }) => {
    await media.refresh();
    return byKind((kind) => described(media.current(kind)));
  },
  setDevice: ({ media }, { device }) => setDevice(media, device),
  isDeviceListAvailable: () => true,
  isDeviceChangeAvailable: (_, { deviceType }) => deviceType !== "output" || canChooseOutput(),
  isMultipleAudioInputSupported: () => false,
};

const ANSWERS: Readonly<Record<string, Answer>> = {
  "is-audio-muted": ({ media }) => !media.microphoneOn.value,
  "is-video-muted": ({ media }) => media.camera.value === null,
  "is-audio-available": ({ media }) => media.microphone.value !== null,
  "is-video-available": ({ media }) =>
    media.camera.value !== null || media.devices.value.some(({ kind }) => kind === "videoinput"),
  "is-sharing-screen": ({ media }) => media.screen.value !== null,
  "session-id": ({ room }) => room.selfId.value ?? "",
  "get-livestream-url": ({ room }) => ({
    livestreamUrl: room.broadcast.value.playout?.live ?? null,
  }),
  "get-content-sharing-participants": ({ media, room }) => ({
    sharingParticipantIds: media.screen.value && room.selfId.value ? [room.selfId.value] : [],
  }),
  "rooms-info": (meeting) => ({ rooms: [roomInfo(meeting)] }),
};

/** Rejects with why there is no answer: an unknown question must not hang either. */
export async function answerRequest(meeting: Meeting, data: NamedData): Promise<unknown> {
  const answers = data.type === "devices" ? DEVICE_ANSWERS : ANSWERS;
  const answer = Object.hasOwn(answers, data.name) ? answers[data.name] : undefined;
  if (!answer) throw new RefusedError("unsupported", `This meeting cannot answer "${data.name}".`);
  return answer(meeting, data);
}

export function canChooseOutput(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}

/** The id decides; clients of nanoMeet pass the id as the label. */
async function setDevice(media: Meeting["media"], wanted: unknown): Promise<boolean> {
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

function roomInfo({ room, name, launch }: Meeting): Record<string, unknown> {
  const info = (id: string, displayName: string, moderator: boolean) => ({
    id,
    jid: id,
    displayName,
    role: moderator ? "moderator" : "participant",
  });
  const { value: self } = room.selfId;
  const own = self ? [info(self, name.value, room.moderator.value)] : [];
  const others = room.others.value.map((other) => info(other.id, other.name, other.moderator));
  return { id: launch.room, jid: launch.room, isMainRoom: true, participants: [...own, ...others] };
}

function byKind<T>(read: (kind: DeviceKind) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, read(kind)]));
}

function described(device: MediaDeviceInfo | undefined): Record<string, string> | null {
  if (!device) return null;
  const { deviceId, groupId, kind, label } = device;
  return { deviceId, groupId, kind, label };
}
