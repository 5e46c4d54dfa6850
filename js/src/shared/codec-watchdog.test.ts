import { beforeEach, describe, expect, it, vi } from "vitest";
import { CodecDebt } from "./codec-watchdog";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  return () => vi.useRealTimers();
});

describe("CodecDebt", () => {
  it("trusts who was given nothing", () => {
    const debt = new CodecDebt();
    vi.advanceTimersByTime(60_000);
    expect(debt.stuck).toBe(false);
  });

  it("counts from what was given first", () => {
    const debt = new CodecDebt();
    for (let second = 0; second < 5; second += 1) {
      debt.took();
      vi.advanceTimersByTime(1_000);
    }
    expect(debt.stuck).toBe(false);
    vi.advanceTimersByTime(1);
    expect(debt.stuck).toBe(true);
  });

  it("trusts who gives, however late", () => {
    const debt = new CodecDebt();
    debt.took();
    vi.advanceTimersByTime(6_000);
    debt.gave();
    debt.took();
    vi.advanceTimersByTime(4_000);
    expect(debt.stuck).toBe(false);
  });
});
