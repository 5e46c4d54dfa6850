import { expect, test } from "vitest";
import { tapSize } from "./tap-size";

test.each([
  ["a wide picture", 1280, 720, 360, [640, 360]],
  ["a picture of the same size", 640, 360, 360, [640, 360]],
  ["a small picture, which is not enlarged", 320, 180, 720, [320, 180]],
  ["a phone's, upright", 720, 1280, 360, [202, 360]],
  ["an older camera's", 640, 480, 90, [120, 90]],
  ["odd lines", 640, 480, 181, [240, 180]],
  ["a strip", 4000, 100, 90, [360, 16]],
])("%s fits", (_, width, height, lines, size) => {
  const fitted = tapSize({ width, height }, lines);
  expect([fitted.width, fitted.height]).toEqual(size);
});

test("every size is even, no larger than asked for, and one that an encoder takes", () => {
  for (let lines = 90; lines <= 720; lines += 7) {
    for (const [width, height] of [
      [1280, 720],
      [1920, 1080],
      [641, 481],
      [480, 853],
      [3440, 1440],
    ] as const) {
      const size = tapSize({ width, height }, lines);
      expect(size.width % 2).toBe(0);
      expect(size.height % 2).toBe(0);
      expect(size.height).toBeLessThanOrEqual(Math.min(lines, height));
      expect(size.width).toBeLessThanOrEqual(4 * lines);
      expect(Math.abs(size.width / size.height - width / height)).toBeLessThan(0.06);
    }
  }
});
