import { expect, test } from "vitest";
import { type Moment, PlaybackReport } from "./playback-report";

const AT_START: Moment = { live: true, moving: true, frames: 0, sound: false };

/** A view that showed its first picture after 400 ms. */
function started(): PlaybackReport {
  const report = new PlaybackReport();
  report.restart(1_000, 0);
  expect(report.update(AT_START, 1_200)).toBe(false);
  expect(report.update({ ...AT_START, frames: 1 }, 1_400)).toBe(true);
  return report;
}

test("nothing is reported before the server asks for it", () => {
  const report = new PlaybackReport();
  expect(report.update({ ...AT_START, frames: 9 }, 1_000)).toBe(false);
  expect(report.update(AT_START, 9_000)).toBe(false);
});

test("the start-up time ends with the first picture", () => {
  expect(started().describe(1_400)).toEqual({
    ...{ type: "playback", startup: 0.4, halts: 0, halted: 0 },
  });
});

test("without a picture, it ends with the sound", () => {
  const report = new PlaybackReport();
  report.restart(0, 0);
  expect(report.describe(100).startup).toBeNull();
  expect(report.update({ ...AT_START, moving: false, sound: true }, 250)).toBe(true);
  expect(report.update({ ...AT_START, moving: false, sound: true }, 60_000)).toBe(false);
  expect(report.describe(60_000)).toMatchObject({ startup: 0.25, halts: 0 });
});

test("two seconds without a new picture are a halt, from the last one to the next", () => {
  const report = started();
  const still = { ...AT_START, frames: 1 };
  expect(report.update(still, 3_300)).toBe(false);
  report.update(still, 3_500);
  report.update(still, 5_000);
  expect(report.describe(5_000)).toMatchObject({ halts: 1, halted: 3.6 });
  expect(report.update({ ...still, frames: 2 }, 6_400)).toBe(true);
  expect(report.describe(6_400)).toMatchObject({ halts: 1, halted: 5 });
  expect(report.update({ ...still, frames: 3 }, 6_500)).toBe(false);
});

test("a halt that goes on is reported now and then: its viewer may give up", () => {
  const report = started();
  report.describe(1_400);
  const still = { ...AT_START, frames: 1 };
  const told: number[] = [];
  for (let now = 1_500; now < 21_500; now += 100) {
    if (report.update(still, now)) told.push(report.describe(now).halted);
  }
  expect(told.length).toBeGreaterThanOrEqual(3);
  expect(told.length).toBeLessThanOrEqual(4);
});

test.each<[string, Partial<Moment>]>([
  ["paused or hidden", { moving: false }],
  ["not live", { live: false }],
])("a view that is %s does not halt", (_, some) => {
  const report = started();
  for (let now = 1_500; now < 61_500; now += 100) {
    report.update({ ...AT_START, frames: 1, ...some }, now);
  }
  // The next picture needs a moment.
  report.update({ ...AT_START, frames: 1 }, 61_500);
  report.update({ ...AT_START, frames: 2 }, 62_000);
  expect(report.describe(62_000)).toMatchObject({ halts: 0, halted: 0 });
});

test("a new connection begins a new view", () => {
  const report = started();
  report.update({ ...AT_START, frames: 1 }, 9_000);
  report.restart(10_000, 1);
  expect(report.update({ ...AT_START, frames: 1 }, 10_100)).toBe(false);
  expect(report.update({ ...AT_START, frames: 2 }, 10_250)).toBe(true);
  expect(report.describe(10_250)).toMatchObject({ startup: 0.25, halts: 0, halted: 0 });
});
