import { describe, expect, it } from "vitest";
import { Pacer, WakefulClock } from "./clock";

/** Runs the pacer for `seconds`: composes when a camera frame arrives and one is due. */
function run(cameras: { every: number; phase: number; jitter?: number }[], seconds: number) {
  const arrivals = cameras
    .flatMap(({ every, phase, jitter = 0 }) =>
      Array.from(
        { length: Math.round((seconds * 1000) / every) },
        (_, i) => phase + i * every + (i % 2 === 0 ? jitter : -jitter),
      ),
    )
    .sort((a, b) => a - b);
  const pacer = new Pacer(30);
  const composed: number[] = [];
  for (const at of arrivals) {
    if (at < pacer.next(true)) continue;
    pacer.composed(at);
    composed.push(at);
  }
  return composed;
}

describe("Pacer", () => {
  it("composes each frame of a jittery camera as soon as it arrives", () => {
    expect(run([{ every: 1000 / 30, phase: 0, jitter: 5 }], 4)).toHaveLength(120);
  });

  it("takes every second frame of a camera with twice the frame rate", () => {
    const count = run([{ every: 1000 / 60, phase: 0 }], 4).length;
    expect(count).toBeGreaterThan(112);
    expect(count).toBeLessThanOrEqual(128);
  });

  it("does not exceed the frame rate, however many cameras there are", () => {
    const cameras = [0, 7, 13, 22, 27].map((phase) => ({ every: 33.3, phase }));
    const count = run(cameras, 10).length;
    expect(count).toBeGreaterThan(240);
    expect(count).toBeLessThanOrEqual(320);
  });

  it("composes on arrival again after a frame between two of the camera's", () => {
    const pacer = new Pacer(30);
    let waited = 0;
    for (let i = 0; i < 60; i += 1) {
      const arrival = (i * 1000) / 30;
      waited = Math.max(0, pacer.next(true) - arrival);
      pacer.composed(arrival + waited);
      if (i === 10) pacer.composed(arrival + 16);
    }
    expect(waited).toBe(0);
  });

  it("lets a slow camera set its own pace", () => {
    expect(run([{ every: 50, phase: 0 }], 4)).toHaveLength(80);
  });

  it("repeats an unchanged frame at half the rate", () => {
    const pacer = new Pacer(30);
    pacer.composed(1000);
    const repeat = pacer.next(false) - 1000;
    expect(repeat).toBeGreaterThan(50);
    expect(repeat).toBeLessThan(70);
  });
});

describe("WakefulClock", () => {
  it.each([
    ["stops while the machine sleeps", 0],
    ["continues meanwhile", 600_000],
  ])("counts the time asleep with a browser clock that %s", (_, counted) => {
    const at = { ticks: 1_000, timeOfDay: 1e12 };
    const clock = new WakefulClock(
      () => at.ticks,
      () => at.timeOfDay,
    );
    at.ticks += 500;
    at.timeOfDay += 500;
    expect(clock.now()).toBe(1_500);
    at.ticks += 20 + counted;
    at.timeOfDay += 20 + 600_000;
    expect(clock.now()).toBe(601_520);
    at.ticks += 10;
    at.timeOfDay += 10;
    expect(clock.now()).toBe(601_530);
  });

  it("ignores corrections of the wall clock", () => {
    const at = { ticks: 0, timeOfDay: 1e12 };
    const clock = new WakefulClock(
      () => at.ticks,
      () => at.timeOfDay,
    );
    for (const step of [3_000, -3_000, -7_200_000]) {
      at.ticks += 10;
      at.timeOfDay += 10 + step;
      expect(clock.now()).toBe(at.ticks);
    }
  });
});
