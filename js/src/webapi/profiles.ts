/** The cloud's transcoding profiles: `vtrans2-852x480x800x25` is width, height, kbit/s, frames/s. */

import { NanoMeetError } from "./errors";

export const DEFAULT_PROFILES: readonly string[] = [
  "vtrans2-852x480x800x25",
  "vtrans2-640x360x400x25",
];

const PROFILE = /^vtrans2?-(?:\d+x\d+x)?(\d+)(?:k\d*|x\d+)?$/;

/** Returns two profiles, the one with the lower bitrate second. */
export function ordered(profiles: readonly string[]): [string, string] {
  const [one, two] = profiles;
  const rates = profiles.map((profile) => Number(PROFILE.exec(profile)?.[1]));
  const [first = Number.NaN, second = Number.NaN] = rates;
  if (profiles.length !== 2 || !one || !two || Number.isNaN(first + second)) {
    throw new NanoMeetError(
      "Transcoding Profiles Error",
      `two transcoding profiles are needed, such as ${DEFAULT_PROFILES.join(" and ")}`,
    );
  }
  return first < second ? [two, one] : [one, two];
}
