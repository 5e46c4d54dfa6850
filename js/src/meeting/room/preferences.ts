/** What a person chose once and wants again next time: the name and the devices. */

import { randomName } from "../../shared/random";
import type { DeviceChoice, Start } from "../media/devices";
import type { MediaMemory } from "../media/memory";

const NAME = "nanomeet.name";
const DEVICES = "nanomeet.devices";
const LANGUAGE = "nanomeet.language";
const PERSON = "nanomeet.person";
const QUALITY = "nanomeet.quality";
const AVATAR = "nanomeet.avatar";
const BACKGROUND = "nanomeet.background";
const PICTURE = "nanomeet.background.picture";
const NOISE = "nanomeet.noise";
const PERSON_FORM = /^[A-Za-z0-9_-]{16,64}$/;

const OFF = { audio: "nanomeet.microphone", video: "nanomeet.camera" } as const;

export function rememberedName(): string | null {
  return load(NAME);
}

export function rememberName(name: string): void {
  save(NAME, name);
}

/** The picture that others are shown, as it was drawn for them. */
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

/** What the media keep here. The person's own picture stays in this browser. */
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

/** Whether microphone and camera shall be on when one comes in. */
export function rememberedStart(): Start {
  return { audio: load(OFF.audio) === null, video: load(OFF.video) === null };
}

export function rememberStart(start: Start): void {
  for (const kind of ["audio", "video"] as const) save(OFF[kind], start[kind] ? null : "off");
}

/** What broadcasts from here were like last. */
export function rememberedQuality(): string | null {
  return load(QUALITY);
}

export function rememberQuality(quality: string): void {
  save(QUALITY, quality);
}

/**
 * What this browser calls its person, so that the server knows a second connection of the same one.
 * Without storage there is none: then each connection is a new person.
 */
export function person(): string | null {
  const known = load(PERSON);
  if (known !== null && PERSON_FORM.test(known)) return known;
  const made = randomName();
  save(PERSON, made);
  return load(PERSON) === made ? made : null;
}

// Storage throws where the browser keeps a framed page from it: then nothing is remembered.
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
