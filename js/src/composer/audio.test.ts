import { describe, expect, it } from "vitest";
import { AudioTimeline, arrange } from "./audio";

const RATE = 48_000;
const BLOCK = 480;
const BLOCK_US = 10_000;

/** Feeds blocks that arrive at the given moments; returns the timeline's lag after each. */
function feed(timeline: AudioTimeline, arrivals: number[]): number[] {
  return arrivals.map((now) => {
    timeline.place(BLOCK, now);
    return now - timeline.end;
  });
}

const regular = (count: number, from = BLOCK_US) =>
  Array.from({ length: count }, (_, i) => from + i * BLOCK_US);

describe("AudioTimeline", () => {
  it("leaves punctual sound alone", () => {
    const timeline = new AudioTimeline(RATE, 0);
    feed(timeline, regular(500));
    expect(timeline.end).toBe(500 * BLOCK_US);
  });

  it("puts silence before sound that begins late", () => {
    const timeline = new AudioTimeline(RATE, 0);
    expect(timeline.place(BLOCK, 300_000)).toEqual({ silence: 13_920, skip: 0, repeat: 0 });
    expect(timeline.end).toBe(300_000);
  });

  it("waits for a late burst instead of filling it", () => {
    const timeline = new AudioTimeline(RATE, 0);
    const arrivals = regular(300).map((at) => (at > 1_000_000 && at < 1_100_000 ? 1_100_000 : at));
    feed(timeline, arrivals);
    expect(timeline.end).toBe(300 * BLOCK_US);
  });

  it("fills what was lost for good", () => {
    const timeline = new AudioTimeline(RATE, 0);
    const lags = feed(timeline, [...regular(100), ...regular(200, 1_100_000 + BLOCK_US)]);
    expect(Math.abs(lags.at(-1) ?? 0)).toBeLessThan(5_000);
  });

  it.each([
    ["slow", 1.0005],
    ["fast", 0.9995],
  ])("follows a %s sound card for ten minutes within 10 ms", (_, pace) => {
    const timeline = new AudioTimeline(RATE, 0);
    const lags = feed(
      timeline,
      regular(60_000).map((at) => at * pace),
    );
    expect(Math.max(...lags.slice(1000).map(Math.abs))).toBeLessThan(10_000);
  });

  it("goes on in silence while nothing arrives, and back without drift", () => {
    const timeline = new AudioTimeline(RATE, 0);
    feed(timeline, regular(10));
    let silent = 0;
    for (let now = 100_000; now <= 3_000_000; now += 50_000) silent += timeline.idle(now);
    expect(silent).toBeGreaterThan(2.7 * RATE);
    expect(3_000_000 - timeline.end).toBeLessThan(150_000);
    const lags = feed(timeline, regular(100, 3_000_000));
    expect(Math.abs(lags.at(-1) ?? 0)).toBeLessThan(20_000);
  });
});

describe("arrange", () => {
  it("puts silence, the repeated frame and the rest after each other, a channel at a time", () => {
    const channels = [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)];
    expect([...arrange(channels, { silence: 2, skip: 1, repeat: 1 })]).toEqual([
      0, 0, 2, 2, 3, 0, 0, 5, 5, 6,
    ]);
  });
});
