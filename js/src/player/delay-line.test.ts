import { describe, expect, test } from "vitest";
import { type Frame, Kind, Track } from "../shared/frames";
import { DelayLine } from "./delay-line";

const setup = (track: Track, name: number): Frame => ({
  kind: Kind.setup,
  track,
  keyframe: false,
  duration: 0,
  timestamp: 0,
  payload: new Uint8Array([name]),
});
const picture = (number: number, keyframe = false): Frame => ({
  kind: Kind.media,
  track: Track.video,
  keyframe,
  duration: 0,
  timestamp: number,
  payload: new Uint8Array(10),
});

/** A delay line that received a frame every 100 ms and a keyframe every second, until `until`. */
function line({ until = 0, keep = 10_000, size = 1_000_000 } = {}) {
  const seen: Frame[] = [];
  let jumps = 0;
  const made = new DelayLine({
    keep,
    size,
    onJump: () => {
      jumps += 1;
    },
    release: (frame) => seen.push(frame),
  });
  const feed = (from: number, to: number): void => {
    for (let at = from; at < to; at += 100) {
      made.push(picture(at, at % 1000 === 0), at);
      made.advance(at);
    }
  };
  made.push(setup(Track.video, 1), 0);
  feed(0, until);
  return {
    made,
    feed,
    jumps: () => jumps,
    /** The times of the frames delivered since the last call; `s` for a setup frame. */
    take: () =>
      seen.splice(0).map(({ kind, timestamp }) => (kind === Kind.setup ? "s" : timestamp)),
  };
}

test("at the live edge frames are delivered at once", () => {
  const { take, made } = line({ until: 300 });
  expect(take()).toEqual(["s", 0, 100, 200]);
  expect(made.live).toBe(true);
});

describe("seeking back", () => {
  test("begins with the setup and the last keyframe", () => {
    const { made, take } = line({ until: 3000 });
    take();
    made.seek(1500, 2900);
    expect(take()).toEqual(["s", 1000, 1100, 1200, 1300, 1400]);
    expect(made.behind(2900)).toBe(1500);
    made.advance(3000);
    expect(take()).toEqual([1500]);
  });

  test("queues what arrives meanwhile", () => {
    const { made, feed, take } = line({ until: 3000 });
    made.seek(1000, 3000);
    take();
    feed(3000, 3300);
    expect(take()).toEqual([2100, 2200]);
  });

  test("is limited to the window", () => {
    const { made } = line({ until: 30_000, keep: 5_000 });
    made.seek(20_000, 30_000);
    expect(made.behind(30_000)).toBe(5_000);
  });

  test("to the live edge begins with the newest keyframe", () => {
    const { made, feed, take } = line({ until: 3000 });
    made.seek(2000, 3000);
    take();
    made.seek(0, 3250);
    expect(take().slice(0, 2)).toEqual(["s", 2000]);
    expect(made.live).toBe(true);
    feed(3300, 3400);
    expect(take()).toEqual([3300]);
  });

  test("uses the setup that applied there", () => {
    const released: Frame[] = [];
    const made = new DelayLine({
      keep: 10_000,
      size: 1_000_000,
      onJump: () => {},
      release: (frame) => released.push(frame),
    });
    made.push(setup(Track.video, 1), 0);
    made.push(picture(0, true), 0);
    made.push(setup(Track.video, 2), 1000);
    made.push(picture(1000, true), 1000);
    released.length = 0;
    made.seek(1500, 2000);
    expect(released.map(({ payload }) => payload[0])).toEqual([1, 0]);
    released.length = 0;
    made.seek(500, 2000);
    expect(released.map(({ payload }) => payload[0])).toEqual([2, 0]);
  });
});

describe("pausing", () => {
  test("delivers nothing, then resumes from there", () => {
    const { made, feed, take } = line({ until: 1000 });
    take();
    made.hold();
    feed(1000, 2000);
    expect(take()).toEqual([]);
    made.seek(made.behind(2000), 2000);
    expect(made.behind(2000)).toBe(1000);
    feed(2000, 2200);
    expect(take()).toEqual(["s", 1000, 1100]);
  });

  test("for longer than the window resumes with the oldest", () => {
    const { made, feed, take, jumps } = line({ until: 1000, keep: 2_000 });
    take();
    made.hold();
    feed(1000, 9000);
    expect(jumps()).toBe(0);
    made.seek(made.behind(9000), 9000);
    expect(jumps()).toBe(1);
    expect(take()).toEqual(["s", 7000]);
  });
});

test("its memory is also bounded in bytes", () => {
  const { made } = line({ until: 10_000, keep: 100_000, size: 200 });
  expect(made.kept(10_000)).toBeLessThan(2_500);
});

test("without video, seeking reaches any packet of sound", () => {
  const released: number[] = [];
  const made = new DelayLine({
    keep: 100_000,
    size: Number.POSITIVE_INFINITY,
    lead: () => Track.audio,
    onJump: () => {},
    release: (frame) => released.push(frame.timestamp),
  });
  const payload = new Uint8Array(1);
  for (let now = 0; now <= 10_000; now += 20) {
    const timestamp = now * 1000;
    const sound = { kind: Kind.media, track: Track.audio, keyframe: true, duration: 20_000 };
    made.push({ ...sound, timestamp, payload }, now);
  }
  expect(made.kept(10_000)).toBe(10_000);
  released.length = 0;
  made.seek(4_000, 10_000);
  expect(released).toEqual([6_000_000]);
});
