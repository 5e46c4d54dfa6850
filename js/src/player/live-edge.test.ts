import { expect, test } from "vitest";
import { liveEdge } from "./live-edge";

const RANGE = { start: 100, end: 130 };

test.each([
  ["keeps the rate where it is close enough", 129.8, true, null, 1],
  ["plays slightly faster where it has fallen behind", 129.5, true, null, 1.06],
  ["plays slightly slower where the buffer is nearly empty", 129.95, true, null, 0.96],
  ["jumps where it is too far behind", 120, true, 129.8, 1],
  ["begins at the live edge", 0, true, 129.8, 1],
  ["stays where the viewer sought to", 110, false, null, 1],
  ["resumes with the oldest where its position is no longer buffered", 90, false, 100, 1],
])("%s", (_, now, following, jumpTo, rate) => {
  expect(liveEdge(now, RANGE, following)).toEqual({ jumpTo, rate });
});

test("a stream shorter than the target buffer plays from its beginning", () => {
  expect(liveEdge(0, { start: 5, end: 5.1 }, true).jumpTo).toBe(5);
});
