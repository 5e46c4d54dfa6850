import { beforeEach, describe, expect, it, vi } from "vitest";
import { CodecWatchdog } from "./codec-watchdog";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  return () => vi.useRealTimers();
});

describe("CodecWatchdog", () => {
  it("a codec without input is not stuck", () => {
    const watchdog = new CodecWatchdog();
    vi.advanceTimersByTime(60_000);
    expect(watchdog.stuck).toBe(false);
  });

  it("counts from the first input", () => {
    const watchdog = new CodecWatchdog();
    for (let second = 0; second < 5; second += 1) {
      watchdog.input();
      vi.advanceTimersByTime(1_000);
    }
    expect(watchdog.stuck).toBe(false);
    vi.advanceTimersByTime(1);
    expect(watchdog.stuck).toBe(true);
  });

  it("a codec that produces output is not stuck, however late", () => {
    const watchdog = new CodecWatchdog();
    watchdog.input();
    vi.advanceTimersByTime(6_000);
    watchdog.output();
    watchdog.input();
    vi.advanceTimersByTime(4_000);
    expect(watchdog.stuck).toBe(false);
  });
});
