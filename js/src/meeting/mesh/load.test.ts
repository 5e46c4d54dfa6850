import { expect, test } from "vitest";
import { type SamplePair, sendingVerdict, showingVerdict } from "./load";
import type { Sample } from "./stats";

const START: Sample = {
  at: 0,
  roundTrip: null,
  available: null,
  lost: 0,
  received: 0,
  missed: null,
  jitter: null,
  encoding: 0,
  camera: { encoded: 0, source: 30 },
  cpuLimited: false,
  decoded: 0,
  dropped: 0,
};

/** Two seconds with these counts, and a camera that should send 15 frames per second. */
function seconds(happened: Partial<Sample> & { encoded?: number; source?: number }): SamplePair {
  const { encoded = 30, source = 30, ...rest } = happened;
  const camera = { encoded, source };
  return { before: START, now: { ...START, at: 2_000, camera, ...rest }, aim: 15 };
}

test.each([
  ["all pictures in little time", [seconds({ encoding: 0.2 })], "to_spare"],
  ["the browser says so", [seconds({ cpuLimited: true })], "too_much"],
  ["far fewer pictures than aimed at", [seconds({ encoded: 12 })], "too_much"],
  ["somewhat fewer pictures", [seconds({ encoded: 22 })], "enough"],
  ["a camera in the dark", [seconds({ encoded: 15, source: 7.5 })], "to_spare"],
  ["a busy core", [seconds({ encoding: 1 })], "enough"],
  ["a full core", [seconds({ encoding: 1.7 })], "too_much"],
  [
    "two connections that fill it",
    [seconds({ encoding: 0.9 }), seconds({ encoding: 0.9 })],
    "too_much",
  ],
  ["one connection that falls behind", [seconds({}), seconds({ encoded: 5 })], "too_much"],
  ["nothing sent", [{ ...seconds({ camera: null }), aim: 0 }], "to_spare"],
] as const)("%s", (_, pairs, verdict) => {
  expect(sendingVerdict(pairs)).toBe(verdict);
});

test.each([
  ["hardly any dropped", [seconds({ decoded: 60, dropped: 1 })], "to_spare"],
  ["some dropped", [seconds({ decoded: 60, dropped: 6 })], "enough"],
  ["many dropped", [seconds({ decoded: 40, dropped: 20 })], "too_much"],
  [
    "many dropped of all together",
    [seconds({ decoded: 4, dropped: 4 }), seconds({ decoded: 4, dropped: 4 })],
    "too_much",
  ],
  ["one dropped at the start", [seconds({ decoded: 2, dropped: 1 })], "to_spare"],
] as const)("showing: %s", (_, pairs, verdict) => {
  expect(showingVerdict(pairs)).toBe(verdict);
});
