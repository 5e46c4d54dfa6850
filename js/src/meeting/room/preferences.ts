/** The user's choices, kept for the next visit: name and devices. */

import type { DeviceChoice, Start } from "../media/devices";
import type { MediaMemory } from "../media/memory";

const NAME = "nanomeet.name";
const DEVICES = "nanomeet.devices";
const LANGUAGE = "nanomeet.language";
const QUALITY = "nanomeet.quality";
const AVATAR = "nanomeet.avatar";
const BACKGROUND = "nanomeet.background";
const PICTURE = "nanomeet.background.picture";
const NOISE = "nanomeet.noise";

const OFF = { audio: "nanomeet.microphone", video: "nanomeet.camera" } as const;

export function rememberedName(): string | null {
  return load(NAME);
}

export function rememberName(name: string): void {
  save(NAME, name);
}

/** The profile picture, as redrawn for others. */
export function rememberedAvatar(): string | null {
  return load(AVATAR);
}

export function rememberAvatar(picture: string | null): void {
  save(AVATAR, picture);
}

export function rememberedLanguage(): string | null {
  return load(LANGUAGE);
}

export function rememberLanguage(tag: string): void {
  save(LANGUAGE, tag);
}

/** Storage for the media part. The user's own background image stays in this browser. */
export const mediaMemory: MediaMemory = {
  devices: {
    load: () => chosenDevices(load(DEVICES)),
    save: (choice) => save(DEVICES, JSON.stringify(choice)),
  },
  noise: { load: () => load(NOISE) === null, save: (on) => save(NOISE, on ? null : "kept") },
  background: { load: () => load(BACKGROUND), save: (choice) => save(BACKGROUND, choice) },
  picture: { load: () => load(PICTURE), save: (picture) => save(PICTURE, picture) },
};

function chosenDevices(kept: string | null): DeviceChoice {
  try {
    const value: unknown = JSON.parse(kept ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([, id]) => typeof id === "string"));
  } catch {
    return {};
  }
}

/** Whether to join with microphone and camera on. */
export function rememberedStart(): Start {
  return { audio: load(OFF.audio) === null, video: load(OFF.video) === null };
}

export function rememberStart(start: Start): void {
  for (const kind of ["audio", "video"] as const) save(OFF[kind], start[kind] ? null : "off");
}

/** The quality of the last broadcast. */
export function rememberedQuality(): string | null {
  return load(QUALITY);
}

export function rememberQuality(quality: string): void {
  save(QUALITY, quality);
}

// Storage throws where the browser blocks it for a framed page: nothing is remembered then.
function load(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function save(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // As above.
  }
}
