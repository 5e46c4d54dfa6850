import { describe, expect, it } from "vitest";
import { FrameQueue } from "./frame-queue";
import { LIP_SYNC, LONGEST_SOUND_WAIT, Playout, TransitMeter } from "./jitter";
import { SoundRing } from "./ring";

const FRAME = 33_333;
const BASE = 7_000_000_000;

/** Sends `count` frames over a network that delays each by `delay(i)` microseconds, in order. */
function arrive(
  track: TransitMeter,
  count: number,
  delay: (i: number) => number,
  from = 0,
): number {
  let now = 0;
  for (let i = from; i < from + count; i += 1) {
    now = Math.max(now, BASE + i * FRAME + delay(i));
    track.add(i * FRAME, now);
  }
  return now;
}

describe("TransitMeter", () => {
  it("finds the shortest transit of a steady network, and no jitter", () => {
    const track = new TransitMeter(8);
    arrive(track, 200, () => 12_000);
    expect(track.floor).toBeCloseTo(BASE + 12_000);
    expect(track.spread).toBeCloseTo(0);
  });

  it("measures the jitter of an unsteady one, except rare outliers", () => {
    const track = new TransitMeter(8);
    arrive(track, 200, (i) => (i % 100 === 50 ? 30_000 : 5_000 + (i % 10) * 2_000));
    expect(track.floor).toBeCloseTo(BASE + 5_000);
    expect(track.spread).toBeGreaterThan(15_000);
    expect(track.spread).toBeLessThan(20_000);
  });

  it("does not take a late joiner's cached frames for jitter", () => {
    const track = new TransitMeter(8);
    const joined = BASE + 60 * FRAME;
    for (let i = 0; i < 60; i += 1) track.add(i * FRAME, joined + i * 500);
    arrive(track, 60, () => 10_000, 61);
    expect(track.floor).toBeCloseTo(BASE + 10_000, -5);
    expect(track.spread).toBeLessThan(FRAME);
  });

  it("does not take a busy page's slow start for jitter, however long it lasts", () => {
    const track = new TransitMeter(8);
    // Each frame catches up a tenth of its duration, for three seconds.
    arrive(track, 100, (i) => 10_000 + Math.max(0, 90 - i) * 3_500);
    expect(track.floor).toBeCloseTo(BASE + 10_000);
    expect(track.spread).toBeCloseTo(0);
  });

  it("does not take a page's stall at its start for jitter", () => {
    const track = new TransitMeter(8);
    arrive(track, 100, (i) => (i < 60 ? 600_000 + (i % 2) * 20_000 : 10_000));
    expect(track.floor).toBeCloseTo(BASE + 10_000);
    expect(track.spread).toBeCloseTo(0);
  });

  it("measures the jitter of a network that keeps getting faster", () => {
    const track = new TransitMeter(8);
    arrive(track, 300, (i) => (300 - i) * 1_000 + (i % 2) * 20_000);
    expect(track.spread).toBeGreaterThan(20_000);
  });

  it("follows clocks that drift apart", () => {
    const track = new TransitMeter(8);
    arrive(track, 3_000, (i) => 10_000 + i * 20);
    expect(track.floor).toBeGreaterThan(BASE + 10_000 + 2_800 * 20);
    expect(track.spread).toBeLessThan(5_000);
  });
});

describe("Playout", () => {
  it("holds nothing back on a steady network", () => {
    const playout = new Playout();
    const now = arrive(playout.picture, 100, () => 10_000);
    expect(playout.offsets(now, null).picture).toBeCloseTo(BASE + 10_000);
  });

  it("does not hold frames for jitter below one frame", () => {
    const playout = new Playout();
    const now = arrive(playout.picture, 100, (i) => (i % 2) * 20_000);
    expect(playout.offsets(now, null).picture).toBeCloseTo(BASE);
  });

  it("holds them on an unsteady network, but never more than 200 ms", () => {
    const playout = new Playout();
    const now = arrive(playout.picture, 200, (i) => (i % 10 === 0 ? 320_000 : 10_000));
    const held = (playout.offsets(now, null).picture ?? 0) - (playout.picture.floor ?? 0);
    expect(held).toBe(200_000);
  });

  it("adds no latency after one long stall", () => {
    const playout = new Playout();
    const now = arrive(playout.picture, 150, (i) => (i === 100 ? 800_000 : 10_000));
    expect(playout.offsets(now, null).picture).toBeCloseTo(BASE + 10_000);
  });

  it("returns to the lowest latency when the network recovers", () => {
    const playout = new Playout();
    let now = arrive(playout.picture, 200, (i) => (i % 10 === 0 ? 180_000 : 10_000));
    const rough = playout.offsets(now, null).picture ?? 0;
    expect(rough).toBeGreaterThan(BASE + 100_000);
    for (let i = 201; i < 700; i += 1) {
      now = BASE + i * FRAME + 10_000;
      playout.picture.add(i * FRAME, now);
      playout.offsets(now, null);
    }
    expect(playout.offsets(now, null).picture).toBeLessThan(BASE + 12_000);
  });

  it("keeps the video in sync with late audio", () => {
    const playout = new Playout();
    const now = arrive(playout.picture, 100, () => 10_000);
    arrive(playout.sound, 100, () => 30_000);
    const { picture, sound } = playout.offsets(now, { output: 60_000, strain: 0 });
    expect(sound).toBeCloseTo(BASE + 95_000);
    expect((sound ?? 0) - (picture ?? 0)).toBeCloseTo(LIP_SYNC);
  });

  it("shows frames although the audio is later than frames can wait", () => {
    const playout = new Playout();
    const now = arrive(playout.picture, 100, () => 10_000);
    arrive(playout.sound, 100, () => 900_000);
    const { picture } = playout.offsets(now, { output: 300_000, strain: 0 });
    const wait = (picture ?? 0) - (BASE + 10_000);
    expect(wait).toBeGreaterThan(200_000);
    const queue = new FrameQueue<{ timestamp: number; close(): void }>();
    let seen = 0;
    for (let i = 0; i < 300; i += 1) {
      const at = i * FRAME;
      queue.push({ timestamp: at, close: () => undefined }, at - wait);
      if (queue.take(at - wait)) seen += 1;
    }
    expect(seen).toBeGreaterThan(280);
  });

  it("never lets the audio run ahead of late video", () => {
    const playout = new Playout();
    const now = arrive(playout.picture, 100, () => 150_000);
    arrive(playout.sound, 100, () => 10_000);
    const { picture, sound } = playout.offsets(now, { output: 10_000, strain: 0 });
    expect(sound).toBe(picture);
  });

  it("keeps voices in sync with frames that are seconds late, as far as audio is buffered", () => {
    const playout = new Playout();
    const now = arrive(playout.picture, 400, () => 5_000_000);
    arrive(playout.sound, 400, () => 10_000);
    const { picture, sound } = playout.offsets(now, { output: 10_000, strain: 0 });
    expect(sound).toBe(picture);
    const wait = (sound ?? 0) - (BASE + 10_000);
    const ring = new SoundRing(48_000, 1);
    for (let at = 0; at < 12e6; at += 20_000) ring.write(at, [new Float32Array(960).fill(0.5)]);
    const heard = new Float32Array(128);
    ring.read([heard], 12e6 - wait);
    expect(heard.every((sample) => sample === 0.5)).toBe(true);
  });

  it("holds no voice back for frames that hardly arrive at all", () => {
    const playout = new Playout();
    const now = arrive(playout.picture, 700, () => 15_000_000);
    arrive(playout.sound, 700, () => 10_000);
    const { sound } = playout.offsets(now, { output: 10_000, strain: 0 });
    expect((sound ?? 0) - BASE).toBeLessThan(LONGEST_SOUND_WAIT + 100_000);
  });
});
