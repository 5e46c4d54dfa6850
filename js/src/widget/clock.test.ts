import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { elapsed } from "../shared/elapsed";
import { at, remaining } from "./clock";

const DAY_MS = 86_400_000;

describe("a duration", () => {
  it.each([
    [-3, "0:00"],
    [5, "0:05"],
    [65.9, "1:05"],
    [3_725, "1:02:05"],
  ])("%d s elapsed is shown as %s", (seconds, words) => {
    expect(elapsed(seconds)).toBe(words);
  });

  it.each([
    [0.2, "1 s"],
    [65, "1 min 5 s"],
    [3_600, "1 h 0 min"],
    [86_400, "1 day 0 h"],
    [200_000, "2 days 7 h"],
  ])("%d s remaining is shown as %s", (seconds, words) => {
    expect(remaining(seconds)).toBe(words);
  });
});

describe("an alarm", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("fires on time, even beyond the longest timer of a browser", () => {
    const rung = vi.fn();
    at(Date.now() + 40 * DAY_MS, rung);
    vi.advanceTimersByTime(40 * DAY_MS - 1);
    expect(rung).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(rung).toHaveBeenCalledOnce();
  });

  it("fires soon after the machine wakes up", () => {
    const rung = vi.fn();
    at(Date.now() + DAY_MS, rung);
    vi.setSystemTime(Date.now() + 2 * DAY_MS); // no timer fires during this time
    vi.advanceTimersByTime(30_000);
    expect(rung).toHaveBeenCalledOnce();
  });

  it("can be cancelled", () => {
    const rung = vi.fn();
    at(Date.now() + 100, rung)();
    vi.advanceTimersByTime(1_000);
    expect(rung).not.toHaveBeenCalled();
  });
});
