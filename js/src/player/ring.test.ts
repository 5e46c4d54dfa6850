import { describe, expect, it } from "vitest";
import { SoundRing } from "./ring";

const RATE = 48_000;
const PACKET = 960;
const PACKET_US = 20_000;
const QUANTUM = 128;
const QUANTUM_US = (QUANTUM * 1e6) / RATE;
const START = 5_000_000;

function ramp(packet: number): Float32Array {
  return Float32Array.from({ length: PACKET }, (_, i) => packet * PACKET + i + 1);
}

function filled(packets: number): SoundRing {
  const ring = new SoundRing(RATE, 1);
  for (let i = 0; i < packets; i += 1) ring.write(START + i * PACKET_US, [ramp(i)]);
  return ring;
}

function read(ring: SoundRing, moment: number): Float32Array {
  const output = new Float32Array(QUANTUM);
  ring.read([output], moment);
  return output;
}

describe("SoundRing", () => {
  it("plays what is due, sample by sample, across packets", () => {
    const ring = filled(5);
    const heard: number[] = [];
    for (let i = 0; i < 20; i += 1) heard.push(...read(ring, START + i * QUANTUM_US));
    expect(heard).toEqual(Array.from({ length: 20 * QUANTUM }, (_, i) => i + 1));
  });

  it("is silent before the audio is due and after its end", () => {
    const ring = filled(2);
    expect(read(ring, START - 50_000).every((s) => s === 0)).toBe(true);
    expect(read(ring, START + 2 * PACKET_US).every((s) => s === 0)).toBe(true);
  });

  it("leaves a gap where audio is missing", () => {
    const ring = filled(1);
    ring.write(START + 2 * PACKET_US, [ramp(2)]);
    expect(read(ring, START + PACKET_US + 5_000)[0]).toBe(0);
    expect(ring.gaps).toBe(0);
  });

  it("counts underruns, and resumes when audio arrives again", () => {
    const ring = filled(1);
    for (let at = 0; at < 30_000; at += QUANTUM_US) read(ring, START + at);
    expect(ring.gaps).toBe(1);
    ring.write(START + PACKET_US, [ramp(1)]);
    ring.write(START + 2 * PACKET_US, [ramp(2)]);
    expect(read(ring, START + 2 * PACKET_US)[0]).toBeCloseTo(2 * PACKET + 1, 0);
  });

  it.each([60_000, -60_000])(
    "corrects an error of %i µs within three seconds, without a jump",
    (late) => {
      const ring = new SoundRing(RATE, 1, 10);
      for (let i = 0; i < 400; i += 1) ring.write(START + i * PACKET_US, [ramp(i)]);
      let moment = START + 1_000_000;
      read(ring, moment);
      moment += late;
      let last: number | null = null;
      let steepest = 0;
      for (let i = 0; i < 1200; i += 1) {
        moment += QUANTUM_US;
        for (const sample of read(ring, moment)) {
          if (last !== null) steepest = Math.max(steepest, Math.abs(sample - last - 1));
          last = sample;
        }
      }
      expect(Math.abs((ring.position ?? 0) - moment - QUANTUM_US)).toBeLessThan(6_000);
      expect(steepest).toBeLessThan(0.07);
    },
  );

  it("jumps when it is far behind the due time", () => {
    const ring = filled(90);
    read(ring, START);
    read(ring, START + 1_000_000);
    expect((ring.position ?? 0) - START).toBeGreaterThan(1_000_000);
  });

  it("starts over when the stream's timestamps do", () => {
    const ring = filled(5);
    ring.write(START + 3_600_000_000, [ramp(0)]);
    expect(read(ring, START + 3_600_000_000)[0]).toBe(1);
  });
});
