import { expect, test } from "vitest";
import { TapPace } from "./tap-pace";

/** When pictures are taken that arrive at these milliseconds. */
function taken(fps: number, arrivals: readonly number[]): number[] {
  const pace = new TapPace(fps);
  return arrivals.filter((now) => {
    if (pace.wait(now) > 0) return false;
    pace.took(now);
    return true;
  });
}

/** A camera's pictures for a minute, each up to this many milliseconds early or late. */
function camera(fps: number, jitter: number): number[] {
  return Array.from({ length: 60 * fps }, (_, index) => {
    const unsteady = jitter * Math.sin(index * 12.9898);
    return (index * 1000) / fps + unsteady;
  });
}

test.each([
  [10, 30],
  [10, 15],
  [5, 30],
  [1, 25],
  [24, 30],
])("%i of a camera's %i pictures a second are taken", (fps, of) => {
  const count = taken(fps, camera(of, 0)).length;
  expect(count).toBeLessThanOrEqual(60 * fps + 1);
  expect(count).toBeGreaterThan(0.95 * 60 * fps);
});

test("an unsteady camera of the same rate loses hardly a picture", () => {
  const count = taken(30, camera(30, 8)).length;
  expect(count).toBeLessThanOrEqual(60 * 30 + 1);
  expect(count).toBeGreaterThan(0.97 * 60 * 30);
});

test("after a pause, no pictures are made up for", () => {
  const before = [0, 100, 200];
  const after = [10_000, 10_010, 10_020];
  expect(taken(10, [...before, ...after])).toEqual([0, 100, 200, 10_000]);
});

test("it says how long the next picture has to wait", () => {
  const pace = new TapPace(10);
  expect(pace.wait(5)).toBe(0);
  pace.took(5);
  expect(pace.wait(5)).toBeGreaterThan(20);
  expect(pace.wait(105)).toBe(0);
});
