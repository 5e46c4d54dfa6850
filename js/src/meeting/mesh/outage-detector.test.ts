import { expect, test } from "vitest";
import { OutageDetector } from "./outage-detector";

/** The results for each second's packet count. */
function told(...seconds: number[]): boolean[] {
  const outage = new OutageDetector();
  let count = 0;
  return seconds.map((came) => {
    count += came;
    return outage.fell(count);
  });
}

test("a sudden stop of media is detected once, at any point in a second", () => {
  expect(told(50, 50, 0, 0, 0)).toEqual([false, false, true, false, false]);
  expect(told(50, 50, 3, 0, 0)).toEqual([false, false, false, true, false]);
});

test("a stop is detected in the connection's first second, too", () => {
  expect(told(40, 0, 0)).toEqual([false, true, false]);
  expect(told(40, 5, 0, 0)).toEqual([false, false, true, false]);
});

test("the handshake does not count as media", () => {
  expect(told(12, 0, 0)).toEqual([false, false, false]);
});

test("a stop is detected again after media has resumed", () => {
  expect(told(50, 0, 0, 50, 0)).toEqual([false, true, false, false, true]);
});

test("occasional reports without media are not an outage", () => {
  expect(told(0, 1, 0, 2, 0, 0, 1, 0)).toEqual(Array(8).fill(false));
});

test("a gradual end, as when audio and video are switched off, is not an outage", () => {
  expect(told(80, 50, 4, 2, 0, 1, 0)).toEqual(Array(7).fill(false));
});
