import { expect, test } from "vitest";
import { BackgroundLoad, CEILINGS } from "./background-load";

const many = (load: BackgroundLoad, times: number, each: number, framerate: number): boolean[] =>
  Array.from({ length: times }, () => load.report(each, framerate));

test("a machine that keeps up is left alone", () => {
  const load = new BackgroundLoad();
  expect(many(load, 20, 12, 30)).not.toContain(true);
  expect([load.slow, load.ceiling]).toEqual([false, null]);
});

test("one slow report changes nothing, two in a row lower the camera's ceiling", () => {
  const load = new BackgroundLoad();
  expect([load.report(40, 30), load.report(10, 30), load.report(40, 30)]).not.toContain(true);
  expect(load.slow).toBe(false);
  expect(load.report(40, 30)).toBe(true);
  expect([load.slow, load.ceiling]).toEqual([true, CEILINGS[1]]);
});

test("steps down one at a time, and no further than the last step", () => {
  const load = new BackgroundLoad();
  expect(many(load, 40, 400, 30).filter(Boolean)).toHaveLength(CEILINGS.length - 1);
  expect(load.ceiling).toEqual(CEILINGS.at(-1));
});

test("a machine that has become faster steps up again, more slowly", () => {
  const load = new BackgroundLoad();
  many(load, 2, 40, 30);
  expect(many(load, 7, 5, 24)).not.toContain(true);
  expect(load.report(5, 24)).toBe(true);
  expect([load.slow, load.ceiling]).toEqual([false, null]);
});

test("a moderate load changes nothing", () => {
  const load = new BackgroundLoad();
  many(load, 2, 40, 30);
  expect(many(load, 40, 20, 24)).not.toContain(true);
  expect(load.ceiling).toEqual(CEILINGS[1]);
});
