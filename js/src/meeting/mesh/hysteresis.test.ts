import { expect, test } from "vitest";
import { Hysteresis, type Verdict } from "./hysteresis";

const OPTIONS = { steps: 3, alarm: 2, patience: 3, maxPatience: 12 };

function follow(ladder: Hysteresis, verdict: Verdict, times: number): number[] {
  return Array.from({ length: times }, () => {
    ladder.update(verdict);
    return ladder.step;
  });
}

test("one bad sample changes nothing, two in a row step down, and the last step is the last", () => {
  const ladder = new Hysteresis(OPTIONS);
  follow(ladder, "too_much", 1);
  follow(ladder, "enough", 1);
  expect(follow(ladder, "too_much", 9)).toEqual([0, 1, 1, 2, 2, 3, 3, 3, 3]);
});

test("steps all the way down at once for what is far too much", () => {
  expect(follow(new Hysteresis(OPTIONS), "far_too_much", 3)).toEqual([0, 3, 3]);
});

test("a last step for the worst only is not reached by less, and is left like any other", () => {
  const ladder = new Hysteresis({ ...OPTIONS, lastIsForWorst: true });
  expect(follow(ladder, "too_much", 8)).toEqual([0, 1, 1, 2, 2, 2, 2, 2]);
  expect(follow(ladder, "far_too_much", 1)).toEqual([3]);
  expect(follow(ladder, "to_spare", 3)).toEqual([3, 3, 2]);
});

test("steps up one at a time, each after a while with capacity to spare", () => {
  const ladder = new Hysteresis({ ...OPTIONS, first: 2 });
  expect(follow(ladder, "to_spare", 7)).toEqual([2, 2, 1, 1, 1, 0, 0]);
});

test("changes nothing when it is just enough", () => {
  const ladder = new Hysteresis({ ...OPTIONS, first: 1 });
  expect(new Set(follow(ladder, "enough", 50))).toEqual(new Set([1]));
});

test("waits longer before each step up that fails, within bounds", () => {
  const ladder = new Hysteresis({ ...OPTIONS, first: 1 });
  const waits: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    let wait = 0;
    while (ladder.step > 0) {
      ladder.update("to_spare");
      wait += 1;
    }
    waits.push(wait);
    follow(ladder, "too_much", 2);
  }
  expect(waits).toEqual([3, 6, 12, 12, 12]);
});

test("reports each step", () => {
  const ladder = new Hysteresis(OPTIONS);
  expect([ladder.update("too_much"), ladder.update("too_much")]).toEqual([false, true]);
});
