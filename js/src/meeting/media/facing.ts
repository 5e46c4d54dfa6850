/** The camera's direction, and switching to another camera: mostly for phones. */

import { RefusedError } from "../../shared/refused-error";
import { FACINGS, type Facing } from "./devices";
import type { LocalMedia } from "./media";

/** Null if there is no camera, or the browser does not report it. */
export function facingOf(track: MediaStreamTrack | null): Facing | null {
  const facing = track?.getSettings().facingMode;
  return FACINGS.find((one) => one === facing) ?? null;
}

type Media = Pick<LocalMedia, "idle" | "camera" | "source" | "devices" | "choose" | "face">;

/** Uses the camera that faces this way; without a direction, the opposite or else the next one. */
export async function turnCamera(media: Media, wanted: Facing | null = null): Promise<void> {
  // A camera that is still opening counts as on.
  await media.idle;
  const track = media.source;
  if (!track) throw new RefusedError("camera_off", "Your camera is off: switch it on first.");
  const now = facingOf(track);
  if (wanted !== null) {
    if (wanted !== now) await media.face(wanted);
    return;
  }
  try {
    if (now !== null) {
      await media.face(now === "user" ? "environment" : "user");
      return;
    }
  } catch (error) {
    // On a computer, both cameras may face the user.
    if (!(error instanceof RefusedError)) throw error;
  }
  await next(media);
}

async function next(media: Media): Promise<void> {
  const cameras = camerasOf(media);
  const open = media.source?.getSettings().deviceId;
  const at = cameras.findIndex(({ deviceId }) => deviceId === open);
  const other = cameras[(at + 1) % cameras.length];
  if (!other || cameras.length < 2) {
    throw new RefusedError("no_device", "There is no other camera here.");
  }
  await media.choose("videoinput", other.deviceId);
}

export function camerasOf({ devices }: Pick<LocalMedia, "devices">): MediaDeviceInfo[] {
  return devices.value.filter(({ kind }) => kind === "videoinput");
}

/**
 * Whether to show a button that turns the camera: there is another one, and this is a handheld
 * device.
 */
export function offersTurning(media: Media): boolean {
  return (
    media.camera.value !== null &&
    camerasOf(media).length > 1 &&
    matchMedia("(pointer: coarse)").matches
  );
}
