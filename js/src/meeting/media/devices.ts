/** Opening microphone and camera: as much of what is wanted as the machine and the person allow. */

import { t } from "../strings";
import { type Refusal, refusalOf } from "./permissions";

/** Which way a camera looks, as W3C Media Capture names it. */
export const FACINGS = ["user", "environment"] as const;
export type Facing = (typeof FACINGS)[number];

export type MediaKind = "audio" | "video";
/** With `background` the camera is off because what is behind the person could not be hidden. */
export type Problem = Refusal | "background" | "denied" | "system" | "missing" | "busy" | "unknown";
export type Problems = Partial<Record<MediaKind, Problem>>;

export type DeviceKind = "audioinput" | "audiooutput" | "videoinput";
/** The ids of the devices that the person chose. */
export type DeviceChoice = Partial<Record<DeviceKind, string>>;
/** Whether microphone and camera are on, or are to be. */
export type Start = Readonly<Record<MediaKind, boolean>>;

export interface Acquired {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
  problems: Problems;
}

/** A device that the person chose could not be opened. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
  constructor(
    readonly kind: MediaKind,
    readonly problem: Problem,
  ) {
    super(explain({ [kind]: problem }) ?? "");
  }
}

/** What is asked for besides the devices that were chosen. */
export interface Wishes extends DeviceChoice {
  /** In place of the chosen camera. */
  facing?: Facing | undefined;
  noiseSuppression?: boolean;
  /**
   * Whether it has to be the chosen devices: what is merely ideal gives way to another camera that
   * has the wanted size.
   */
  exactly?: boolean;
}

/** The parts of the browser that are used here. */
export interface Capture {
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
  /** Why the page gets no such device, whatever its user says. */
  refusal(kind: MediaKind): Refusal | null;
  /** Whether a device may be used; null where the browser does not tell. */
  permission(kind: MediaKind): Promise<PermissionState | null>;
}

export const CAMERA: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30, max: 30 },
};
export const MICROPHONE: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/** Both at once, so that the browser asks once; each alone where that fails. Never rejects. */
export async function acquire(
  capture: Capture,
  wanted: Readonly<Record<MediaKind, boolean>>,
  choice: Wishes,
): Promise<Acquired> {
  const none: Acquired = { audio: null, video: null, problems: {} };
  const kinds = (["audio", "video"] as const).filter((kind) => {
    const refusal = wanted[kind] ? capture.refusal(kind) : null;
    if (refusal) none.problems[kind] = refusal;
    return wanted[kind] && !refusal;
  });
  if (kinds.length === 0) return none;
  try {
    return { ...none, ...tracks(await capture.getUserMedia(constraints(kinds, choice))) };
  } catch (error) {
    const problem = problemOf(error);
    const [first, second] = kinds;
    if (first && !second) return { ...none, problems: { ...none.problems, [first]: problem } };
    return separately(capture, kinds, choice, problem);
  }
}

async function separately(
  capture: Capture,
  kinds: readonly MediaKind[],
  choice: Wishes,
  together: Problem,
): Promise<Acquired> {
  const states = await Promise.all(kinds.map((kind) => capture.permission(kind)));
  const dismissed = together === "denied" && states.every((state) => state === "prompt");
  // Asking again right after a "no" would only annoy.
  if (dismissed) return { audio: null, video: null, problems: all(kinds, "denied") };
  const result: Acquired = { audio: null, video: null, problems: {} };
  for (const [index, kind] of kinds.entries()) {
    if (states[index] === "denied") {
      result.problems[kind] = "denied";
      continue;
    }
    try {
      Object.assign(result, tracks(await capture.getUserMedia(constraints([kind], choice))));
    } catch (error) {
      result.problems[kind] = problemOf(error);
    }
  }
  return result;
}

function constraints(kinds: readonly MediaKind[], choice: Wishes): MediaStreamConstraints {
  const { facing, noiseSuppression = true, exactly = false } = choice;
  const pick = (id: string | undefined): MediaTrackConstraints =>
    id ? { deviceId: exactly ? { exact: id } : { ideal: id } } : {};
  return {
    audio: kinds.includes("audio") && {
      ...MICROPHONE,
      noiseSuppression,
      ...pick(choice.audioinput),
    },
    video: kinds.includes("video") && {
      ...CAMERA,
      ...(facing ? { facingMode: { exact: facing } } : pick(choice.videoinput)),
    },
  };
}

function tracks(stream: MediaStream): Partial<Pick<Acquired, MediaKind>> {
  const [audio] = stream.getAudioTracks();
  const [video] = stream.getVideoTracks();
  return { ...(audio && { audio }), ...(video && { video }) };
}

function problemOf(error: unknown): Problem {
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      // Chromium's words for a camera that the system keeps from the whole browser.
      return /by system/i.test(String(error)) ? "system" : "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "unknown";
  }
}

function all(kinds: readonly MediaKind[], problem: Problem): Problems {
  return Object.fromEntries(kinds.map((kind) => [kind, problem]));
}

/** What is the matter and how to mend it, in one sentence; null if nothing is. */
export function explain({ audio, video }: Problems): string | null {
  const problem = audio ?? video;
  return problem ? t.problems[problem](audio === video ? "both" : audio ? "audio" : "video") : null;
}

/** Whether asking again may help: nothing that the person can do here changes the others. */
export function retriable({ audio, video }: Problems): boolean {
  const fixed: readonly (Problem | undefined)[] = ["insecure", "framed", "policy", "hidden"];
  return [audio, video].some((problem) => problem && !fixed.includes(problem));
}

/** Whether it may work in a tab of its own. Not every browser says that a page around forbids it. */
export function tabHelps({ audio, video }: Problems): boolean {
  return [audio, video].some((problem) => problem === "framed" || problem === "denied");
}

/** The browser's own devices. */
export function browserCapture(): Capture {
  return {
    getUserMedia: (wanted) => navigator.mediaDevices.getUserMedia(wanted),
    refusal: (kind) => refusalOf(kind === "audio" ? "microphone" : "camera"),
    permission: async (kind) => {
      try {
        const name = (kind === "audio" ? "microphone" : "camera") as PermissionName;
        return (await navigator.permissions.query({ name })).state;
      } catch {
        return null;
      }
    },
  };
}

/** Whether the browser lets a page choose where sound is heard. */
export function canChooseOutput(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}
