import { expect, test } from "vitest";
import { liveEdge } from "./live-edge";

const RANGE = { start: 100, end: 130 };

test.each([
  ["plays on where it is close enough", 129.8, true, null, 1],
  ["is a little fast where it has fallen behind", 129.5, true, null, 1.06],
  ["is a little slow where it has hardly anything in hand", 129.95, true, null, 0.96],
  ["jumps where it is lost", 120, true, 129.8, 1],
  ["begins at what is live", 0, true, 129.8, 1],
  ["stays where the viewer went back to", 110, false, null, 1],
  ["goes on with the oldest where its place is kept no longer", 90, false, 100, 1],
])("%s", (_, now, following, jumpTo, rate) => {
  expect(liveEdge(now, RANGE, following)).toEqual({ jumpTo, rate });
});

test("a stream that is shorter than what is kept in hand begins at its beginning", () => {
  expect(liveEdge(0, { start: 5, end: 5.1 }, true).jumpTo).toBe(5);
});
