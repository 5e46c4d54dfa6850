import { expect, test } from "vitest";
import { gradeOf, lineVerdict, qualityBetween } from "./connection-quality";
import type { Sample } from "./stats";

const IDLE: Sample = {
  at: 0,
  roundTrip: 0.05,
  available: 2_000_000,
  lost: 0,
  received: 0,
  missed: 0,
  jitter: 0.01,
  encoding: 0,
  camera: null,
  cpuLimited: false,
  decoded: 0,
  dropped: 0,
};
const GOOD = { roundTrip: 0.05, loss: 0, jitter: 0.01, available: 2_000_000 };

test.each([
  [{}, "good"],
  [{ roundTrip: 0.3 }, "good"],
  [{ roundTrip: 0.31 }, "fair"],
  [{ roundTrip: 0.9 }, "poor"],
  [{ loss: 0.05 }, "fair"],
  [{ loss: 0.11 }, "poor"],
  [{ jitter: 0.1 }, "fair"],
  [{ jitter: 0.2 }, "poor"],
  [{ available: 30_000 }, "good"],
  [{ roundTrip: null, jitter: null, available: null }, "good"],
] as const)("%j makes a connection %s", (figures, grade) => {
  expect(gradeOf({ ...GOOD, ...figures })).toBe(grade);
});

test("loss is measured between two samples, as the worse of both directions", () => {
  const before = { ...IDLE, lost: 500, received: 1000 };
  const now = { ...IDLE, lost: 505, received: 1095 };
  expect(qualityBetween(before, now)).toMatchObject({ loss: 0.05, grade: "fair" });
  expect(qualityBetween(before, { ...now, missed: 0.2 })).toMatchObject({ loss: 0.2 });
});

test("few packets say nothing about loss", () => {
  const now = { ...IDLE, lost: 3, received: 4 };
  expect(qualityBetween(IDLE, now)).toMatchObject({ loss: 0, grade: "good" });
});

test("late packets do not count as negative loss", () => {
  const before = { ...IDLE, lost: 10, received: 100 };
  expect(qualityBetween(before, { ...IDLE, lost: 5, received: 200 }).loss).toBe(0);
});

test.each([
  [{}, "to_spare"],
  [{ roundTrip: 0.5 }, "enough"],
  [{ roundTrip: 1 }, "too_much"],
  [{ loss: 0.15 }, "too_much"],
  [{ loss: 0.3 }, "far_too_much"],
] as const)("%j is %s for a line", (figures, verdict) => {
  const now = { ...GOOD, ...figures };
  expect(lineVerdict({ grade: gradeOf(now), ...now })).toBe(verdict);
});
