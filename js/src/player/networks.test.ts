/** On any network, what a viewer sees and hears stays in order, bounded and in sync. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Frame, Kind, Track } from "../shared/frames";
import { DelayLine } from "./delay-line";
import { FrameQueue, type QueuedFrame } from "./frame-queue";
import { LIP_SYNC, Playout } from "./jitter";
import { liveEdge } from "./live-edge";
import { SoundRing } from "./ring";

/** Microseconds, except the audio sample rate. */
const PICTURE = 33_333;
const PACKET = 20_000;
const RATE = 48_000;
const QUANTUM = 128;
const STEP = (QUANTUM * 1e6) / RATE;
/** How far the page's clock is ahead of the stream's, and the device's output latency. */
const CLOCK = 9_000_000_000;
const OUTPUT = 20_000;
/** How often the network's conditions change. */
const SPELL = 100_000;
/** After this long without trouble, playback must have recovered. */
const CALM = 14_000_000;
const WELL = 1_000_000;

interface Weather {
  /** The least transit of a packet. */
  way: number;
  /** Extra transit in each period; null in an outage. */
  spells: (number | null)[];
}

const weather = (worst: number): fc.Arbitrary<Weather> =>
  fc.record({
    way: fc.integer({ min: 1_000, max: 200_000 }),
    spells: fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: 0, max: 60_000 }) },
        { weight: 2, arbitrary: fc.integer({ min: 0, max: worst }) },
        { weight: 1, arbitrary: fc.constant(null) },
      ),
      { maxLength: 80 },
    ),
  });

interface Arrival {
  timestamp: number;
  /** By the page's clock. */
  at: number;
  track: Track;
}

/** Everything sent until the end, as it arrives in order over one connection. */
function arrivals({ way, spells }: Weather): Arrival[] {
  const end = spells.length * SPELL + CALM;
  const sent: Omit<Arrival, "at">[] = [];
  for (let i = 0; i * PICTURE < end; i += 1)
    sent.push({ timestamp: i * PICTURE, track: Track.video });
  for (let i = 0; i * PACKET < end; i += 1)
    sent.push({ timestamp: i * PACKET, track: Track.audio });
  sent.sort((a, b) => a.timestamp - b.timestamp);
  let before = 0;
  return sent.flatMap(({ timestamp, track }) => {
    const spell = spells[Math.floor(timestamp / SPELL)];
    if (spell === null) return [];
    before = Math.max(before, CLOCK + timestamp + way + (spell ?? 0));
    return [{ timestamp, track, at: before }];
  });
}

class Shown implements QueuedFrame {
  static open = 0;
  constructor(readonly timestamp: number) {
    Shown.open += 1;
  }
  close(): void {
    Shown.open -= 1;
  }
}

test("frames are shown in order, audio plays on time, and both are in sync", () => {
  const wave = new Float32Array((RATE * PACKET) / 1e6).fill(0.5);
  fc.assert(
    fc.property(weather(800_000), (conditions) => {
      const coming = arrivals(conditions);
      const playout = new Playout();
      const queue = new FrameQueue<Shown>();
      const ring = new SoundRing(RATE, 1);
      const output = new Float32Array(QUANTUM);
      const begin = CLOCK + conditions.way;
      const end = CLOCK + conditions.spells.length * SPELL + CALM;
      let sound: number | null = null;
      let last = Number.NEGATIVE_INFINITY;
      let steps = 0;
      Shown.open = 0;
      for (let now = begin; now < end; now += STEP) {
        steps += 1;
        while ((coming[0]?.at ?? Number.POSITIVE_INFINITY) <= now) {
          const { timestamp, track, at } = coming.shift() as Arrival;
          if (track === Track.audio) {
            playout.sound.add(timestamp, at);
            ring.write(timestamp, [wave]);
          } else {
            playout.picture.add(timestamp, at);
            const { picture } = playout.offsets(now, { output: OUTPUT, strain: 0 });
            queue.push(new Shown(timestamp), now - (picture ?? 0));
          }
        }
        const well = now > end - WELL;
        if (steps % 37 === 0) sound = playout.offsets(now, { output: OUTPUT, strain: 0 }).sound;
        if (sound !== null) {
          const moment = now + OUTPUT - sound;
          ring.read([output], moment);
          if (ring.position !== null) {
            expect(Math.abs(ring.position - moment)).toBeLessThan(260_000);
          }
          if (well) expect(Math.abs((ring.position ?? 0) - moment)).toBeLessThan(8_000);
        }
        if (steps % 6 !== 0) continue;
        const { picture, sound: heard } = playout.offsets(now, { output: OUTPUT, strain: 0 });
        if (picture === null) continue;
        if (heard !== null) {
          expect(heard).toBeGreaterThanOrEqual(picture);
          expect(heard - picture).toBeLessThanOrEqual(LIP_SYNC);
        }
        const shown = queue.take(now - picture);
        expect(Shown.open).toBeLessThanOrEqual(13);
        if (shown === null) continue;
        expect(shown.timestamp).toBeGreaterThan(last);
        last = shown.timestamp;
        shown.close();
        // At the first screen refresh after it arrived.
        if (well) expect(now - CLOCK - last - conditions.way).toBeLessThan(40_000);
      }
      // Playback never stalls.
      expect(end - CLOCK - conditions.way - last).toBeLessThan(4 * PICTURE);
      queue.clear();
      expect(Shown.open).toBe(0);
    }),
    { numRuns: 30 },
  );
}, 60_000);

test("a buffered stream returns to the live edge, and stays there", () => {
  fc.assert(
    fc.property(weather(3_000_000), fc.double({ min: 0, max: 1e5, noNaN: true }), (sky, first) => {
      const coming = arrivals(sky).filter(({ track }) => track === Track.video);
      const end = CLOCK + sky.spells.length * SPELL + 2 * CALM;
      // The stream outlasts the trouble: catching up by the playback rate takes a while.
      for (let t = (coming.at(-1)?.timestamp ?? 0) + PICTURE; CLOCK + t < end; t += PICTURE)
        coming.push({ timestamp: t, track: Track.video, at: CLOCK + t + sky.way });
      let [now, rate, start, edge] = [0, 1, first, 0];
      for (let time = CLOCK + sky.way; time < end; time += 10_000) {
        while ((coming[0]?.at ?? Number.POSITIVE_INFINITY) <= time) {
          const from = first + (coming.shift()?.timestamp ?? 0) / 1e6;
          // A gap splits the buffered ranges.
          if (from > edge + 0.001) start = from;
          edge = from + PICTURE / 1e6;
        }
        if (edge === 0) continue;
        const well = time > end - WELL;
        const before = now;
        if (now >= start) now = Math.max(now, Math.min(edge, now + (rate * 10_000) / 1e6));
        if (well) expect(now).toBeGreaterThan(before);
        if ((time - CLOCK - sky.way) % 100_000 !== 0) continue;
        const range = { start: Math.max(start, edge - 120), end: edge };
        const steering = liveEdge(now, range, true);
        if (steering.jumpTo !== null) {
          expect(steering.jumpTo).toBeGreaterThanOrEqual(range.start);
          expect(steering.jumpTo).toBeLessThanOrEqual(range.end);
          now = steering.jumpTo;
        }
        rate = steering.rate;
        if (!well) continue;
        expect(steering.jumpTo).toBeNull();
        expect(edge - now).toBeGreaterThan(0.05);
        expect(edge - now).toBeLessThan(0.45);
      }
    }),
    { numRuns: 50 },
  );
}, 60_000);

describe("the delay line", () => {
  const GAP = 100;
  const GROUP = 10;
  const KEEP = 5_000;
  const SIZE = 3_000;
  const BYTES = 100;

  const step = fc.oneof(
    fc.record({ name: fc.constant("run"), count: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ name: fc.constant("silence"), count: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ name: fc.constant("hold"), count: fc.constant(0) }),
    fc.record({ name: fc.constant("seek"), count: fc.integer({ min: 0, max: 80 }) }),
  );

  test("delivers in order, from a keyframe, and stays bounded", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let [now, number] = [0, 0];
        let last: number | null = null;
        let ready = false;
        const line = new DelayLine({
          keep: KEEP,
          size: SIZE,
          onJump: () => {
            last = null;
            ready = false;
          },
          release: (frame: Frame) => {
            if (frame.kind === Kind.setup) {
              ready = true;
              return;
            }
            expect(ready).toBe(true);
            if (last !== null) expect(frame.timestamp).toBe(last + 1);
            else if (!frame.keyframe) {
              // The decoder waits for a keyframe where the window has none.
              expect(line.kept(now)).toBe(0);
              return;
            }
            last = frame.timestamp;
          },
        });
        const media = { track: Track.video, duration: 0 };
        const header = { ...media, kind: Kind.setup, keyframe: false, timestamp: 0 };
        line.push({ ...header, payload: new Uint8Array(1) }, now);
        for (const { name, count } of steps) {
          if (name === "hold") line.hold();
          else if (name === "seek") line.seek(count * GAP, now);
          else
            for (let i = 0; i < count; i += 1) {
              now += GAP;
              if (name === "run") {
                const keyframe = number % GROUP === 0;
                const payload = new Uint8Array(BYTES);
                line.push(
                  { ...media, kind: Kind.media, keyframe, timestamp: number, payload },
                  now,
                );
                number += 1;
              }
              line.advance(now);
            }
          if (name === "seek") expect(line.behind(now)).toBeLessThanOrEqual(line.kept(now));
          if (name !== "run") continue;
          expect(line.kept(now)).toBeLessThanOrEqual(KEEP);
          if (line.live && last !== null) expect(last).toBe(number - 1);
        }
      }),
    );
  });
});
