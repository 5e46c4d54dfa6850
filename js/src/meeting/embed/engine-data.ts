/** Data shared by events and answers of the engine API. */

import type { DeviceKind } from "../media/devices";
import type { MeetingPage } from "../room";

type Described = Record<"deviceId" | "groupId" | "kind" | "label", string>;

export const KINDS: Readonly<Record<string, DeviceKind>> = {
  audioInput: "audioinput",
  audioOutput: "audiooutput",
  videoInput: "videoinput",
};

export function byKind<T>(read: (kind: DeviceKind) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, read(kind)]));
}

export function described({ deviceId, groupId, kind, label }: MediaDeviceInfo): Described {
  return { deviceId, groupId, kind, label };
}

export function availableDevices(devices: readonly MediaDeviceInfo[]): Record<string, Described[]> {
  return byKind((kind) => devices.filter((device) => device.kind === kind).map(described));
}

/** The participants who share a screen. */
export function sharing({ media, room }: MeetingPage): string[] {
  const { value: self } = room.selfId;
  const own = media.screen.value && self ? [self] : [];
  return [...own, ...room.others.value.filter(({ screen }) => screen).map(({ id }) => id)];
}

/** Whether there is a camera, on or not. */
export function hasCamera({ media }: Pick<MeetingPage, "media">): boolean {
  const { camera, devices } = media;
  return camera.value !== null || devices.value.some(({ kind }) => kind === "videoinput");
}

export function roleOf(moderator: boolean): string {
  return moderator ? "moderator" : "participant";
}
