/** Opens microphone and camera, as far as the machine and the user allow. */

import { t } from "../strings";
import { type Refusal, refusalOf } from "./permissions";

/** Camera directions, as named by W3C Media Capture. */
export const FACINGS = ["user", "environment"] as const;
export type Facing = (typeof FACINGS)[number];

export type MediaKind = "audio" | "video";
/** `background`: the camera is off because its background could not be hidden. */
export type Problem = Refusal | "background" | "denied" | "system" | "missing" | "busy" | "unknown";
export type Problems = Partial<Record<MediaKind, Problem>>;

export type DeviceKind = "audioinput" | "audiooutput" | "videoinput";
/** The ids of the chosen devices. */
export type DeviceChoice = Partial<Record<DeviceKind, string>>;
/** Whether microphone and camera are on, or should be. */
export type Start = Readonly<Record<MediaKind, boolean>>;

export interface Acquired {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
  problems: Problems;
}

/** A chosen device could not be opened. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
  constructor(
    readonly kind: MediaKind,
    readonly problem: Problem,
  ) {
    super(explain({ [kind]: problem }) ?? "");
  }
}

/** What to request besides the chosen devices. */
export interface DeviceRequest extends DeviceChoice {
  /** Instead of the chosen camera. */
  facing?: Facing | undefined;
  noiseSuppression?: boolean;
  /**
   * Whether only the chosen devices will do: with `ideal`, browsers may prefer another camera that
   * has the requested size.
   */
  exactly?: boolean;
}

/** The subset of the browser's API that is used here. */
export interface Capture {
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
  /** Why the page cannot use this kind of device, whatever the user allows. */
  refusal(kind: MediaKind): Refusal | null;
  /** Whether a device may be used; null if the browser does not say. */
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

/**
 * Requests both at once, so that the browser prompts once; each alone if that fails. Never rejects.
 */
export async function acquire(
  capture: Capture,
  wanted: Readonly<Record<MediaKind, boolean>>,
  choice: DeviceRequest,
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
  choice: DeviceRequest,
  together: Problem,
): Promise<Acquired> {
  const states = await Promise.all(kinds.map((kind) => capture.permission(kind)));
  const dismissed = together === "denied" && states.every((state) => state === "prompt");
  // Prompting again right after a "no" would only annoy.
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

function constraints(kinds: readonly MediaKind[], choice: DeviceRequest): MediaStreamConstraints {
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
      // Chromium's message for a camera that the system blocks for the whole browser.
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

/** The problem and its fix, in one sentence; null if there is none. */
export function explain({ audio, video }: Problems): string | null {
  const problem = audio ?? video;
  return problem ? t.problems[problem](audio === video ? "both" : audio ? "audio" : "video") : null;
}

/** Whether a retry may help: other problems cannot be fixed on this page. */
export function retriable({ audio, video }: Problems): boolean {
  const fixed: readonly (Problem | undefined)[] = ["insecure", "framed", "policy", "hidden"];
  return [audio, video].some((problem) => problem && !fixed.includes(problem));
}

/**
 * Whether a tab of its own may help. Not every browser reports that the embedding page blocks a
 * device.
 */
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

/** Whether the browser lets a page select the speaker. */
export function canChooseOutput(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}
