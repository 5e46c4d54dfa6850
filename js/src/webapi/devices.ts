import type { EngineCore } from "../engine/core";
import { asNanoMeetError, NanoMeetError } from "./errors";

export interface Device {
  deviceId: string;
  groupId: string;
  kind: string;
  label: string;
}

/** All available devices, or the one in use, depending on the request. */
export interface Devices {
  audioInput?: Device[];
  audioOutput?: Device[];
  videoInput?: Device[];
}

/** Returns the engine's devices. */
export async function devicesOf(ask: () => Promise<unknown>): Promise<Devices> {
  try {
    const devices = await ask();
    if (typeof devices === "object" && devices !== null) return devices;
  } catch (error) {
    throw asNanoMeetError("Devices Error", error);
  }
  throw new NanoMeetError("Devices Error", "the meeting answered without devices");
}

/** Selects another device; rejects if none has this id. */
export async function selectDevice(
  api: EngineCore,
  error: string,
  what: keyof Devices,
  id: string,
): Promise<void> {
  const devices = await devicesOf(() => api.getAvailableDevices());
  const device = devices[what]?.find(({ deviceId }) => deviceId === id);
  if (!device) throw new NanoMeetError(error, `there is no ${what} device with this id`);
  try {
    await api.setDevice(what.toLowerCase(), device.label, id);
  } catch (thrown) {
    throw asNanoMeetError(error, thrown);
  }
}
