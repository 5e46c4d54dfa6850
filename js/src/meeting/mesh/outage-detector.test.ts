import { expect, test } from "vitest";
import { OutageDetector } from "./outage-detector";

/** What is said of each second's packets. */
function told(...seconds: number[]): boolean[] {
  const outage = new OutageDetector();
  let count = 0;
  return seconds.map((came) => {
    count += came;
    return outage.fell(count);
  });
}

test("media that stops is noticed once, wherever in a second it stopped", () => {
  expect(told(50, 50, 0, 0, 0)).toEqual([false, false, true, false, false]);
  expect(told(50, 50, 3, 0, 0)).toEqual([false, false, false, true, false]);
});

test("it is noticed too when it stops in the connection's first second", () => {
  expect(told(40, 0, 0)).toEqual([false, true, false]);
  expect(told(40, 5, 0, 0)).toEqual([false, false, true, false]);
});

test("what a connection begins with is no media", () => {
  expect(told(12, 0, 0)).toEqual([false, false, false]);
});

test("it is noticed again once media has come back", () => {
  expect(told(50, 0, 0, 50, 0)).toEqual([false, true, false, false, true]);
});

test("where nothing is sent, reports now and then are no way that died", () => {
  expect(told(0, 1, 0, 2, 0, 0, 1, 0)).toEqual(Array(8).fill(false));
});

test("what slowly ends, as sound and pictures that are switched off, leads to nothing", () => {
  expect(told(80, 50, 4, 2, 0, 1, 0)).toEqual(Array(7).fill(false));
});
