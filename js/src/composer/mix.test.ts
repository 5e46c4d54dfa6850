import { describe, expect, it } from "vitest";
import { CHANNELS, Mix, SAMPLE_RATE } from "./mix";

const BLOCK = 960;
const START = 5_000_000;

/** A speaker that plays a tone from a given time, on its own sound card. Blocks of 10 ms. */
class Speaker {
  #said = 0;
  readonly #from: number;

  constructor(
    readonly voice: number,
    readonly tone: { hertz: number; loud?: number; rate?: number; from?: number; pace?: number },
    /** The delay in microseconds of the block that ends at that time. */
    readonly delay: (at: number) => number = () => 0,
  ) {
    this.#from = tone.from ?? 0;
  }

  /** When the next block arrives. */
  get next(): number {
    const { pace = 1 } = this.tone;
    const over = this.#from + ((this.#said + 1) * 10_000) / pace;
    return over + this.delay(over);
  }

  speak(mix: Mix): void {
    const { hertz, loud = 0.3, rate = SAMPLE_RATE } = this.tone;
    const now = this.next;
    const length = rate / 100;
    const samples = new Float32Array(length);
    for (let i = 0; i < length; i += 1) {
      const seconds = this.#from / 1e6 + (this.#said * length + i) / rate;
      samples[i] = loud * Math.sin(2 * Math.PI * hertz * seconds);
    }
    this.#said += 1;
    mix.write(this.voice, [samples], rate, START + now);
  }
}

interface Heard {
  /** The first channel, from the mix's first sample. */
  samples: number[];
  /** The delay of each output block after its last sample, in microseconds. */
  waits: number[];
}

/** Runs the speakers for `seconds`; polls the mix every 5 ms, except in `pauses`. */
function listen(
  speakers: Speaker[],
  seconds: number,
  { mix = new Mix(START, BLOCK), pauses = [] as [number, number][] } = {},
): Heard {
  const heard: Heard = { samples: [], waits: [] };
  const take = (now: number) => {
    for (let mixed = mix.take(START + now); mixed !== null; mixed = mix.take(START + now)) {
      const expected = START + (heard.samples.length * 1e6) / SAMPLE_RATE;
      expect(mixed.timestamp).toBeCloseTo(expected, 3);
      expect(mixed.samples.length).toBe(BLOCK * CHANNELS);
      for (const sample of mixed.samples.subarray(0, BLOCK)) heard.samples.push(sample);
      heard.waits.push(START + now - mixed.timestamp - 20_000);
    }
  };
  const asleep = (now: number) => pauses.find(([from, to]) => now > from && now < to)?.[1];
  let check = 0;
  for (let now = 0; now < seconds * 1e6; ) {
    const next = [...speakers].sort((a, b) => a.next - b.next)[0];
    if (next !== undefined && next.next <= check) {
      now = next.next;
      const waking = asleep(now);
      next.speak(mix);
      if (waking === undefined) take(now);
    } else {
      now = check;
      if (asleep(now) === undefined) take(now);
      check += 5_000;
    }
  }
  return heard;
}

/** The loudness of a tone between two times, in seconds. */
function loudness(samples: number[], hertz: number, from: number, to: number): number {
  let [real, imaginary] = [0, 0];
  const part = samples.slice(from * SAMPLE_RATE, to * SAMPLE_RATE);
  for (const [i, sample] of part.entries()) {
    const angle = (2 * Math.PI * hertz * i) / SAMPLE_RATE;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  }
  return (2 * Math.hypot(real, imaginary)) / part.length;
}

/** The delay of the mix behind a slow tone, in microseconds. */
function lateness(samples: number[], hertz: number, from: number, to: number): number {
  let [real, imaginary] = [0, 0];
  for (let i = Math.round(from * SAMPLE_RATE); i < to * SAMPLE_RATE; i += 1) {
    const angle = (2 * Math.PI * hertz * i) / SAMPLE_RATE;
    real += (samples[i] ?? 0) * Math.cos(angle);
    imaginary += (samples[i] ?? 0) * Math.sin(angle);
  }
  return (Math.atan2(-real, imaginary) / (2 * Math.PI * hertz)) * 1e6;
}

/** The sharpest bend of the curve: that of a click is far above the tone's own. */
function roughness(samples: number[], from: number, to: number): number {
  let most = 0;
  for (let i = from * SAMPLE_RATE + 1; i < to * SAMPLE_RATE - 1; i += 1) {
    const [before, at, after] = [samples[i - 1] ?? 0, samples[i] ?? 0, samples[i + 1] ?? 0];
    most = Math.max(most, Math.abs(before - 2 * at + after));
  }
  return most;
}

describe("Mix", () => {
  it("is even silence without voices", () => {
    const { samples, waits } = listen([], 2);
    expect(samples.length).toBeGreaterThan(1.9 * SAMPLE_RATE);
    expect(samples.every((sample) => sample === 0)).toBe(true);
    expect(Math.max(...waits)).toBeLessThan(16_000);
  });

  it("adds voices, whenever their blocks arrive", () => {
    const { samples, waits } = listen(
      [new Speaker(1, { hertz: 440 }), new Speaker(2, { hertz: 1000, from: 3_700, loud: 0.2 })],
      2,
    );
    expect(loudness(samples, 440, 1, 1.9)).toBeCloseTo(0.3, 2);
    expect(loudness(samples, 1000, 1, 1.9)).toBeCloseTo(0.2, 2);
    expect(roughness(samples, 1, 1.9)).toBeLessThan(0.006);
    expect(Math.max(...waits.slice(20))).toBeLessThan(10_000);
  });

  it("places a voice at the time it was spoken", () => {
    const { samples } = listen([new Speaker(1, { hertz: 10, from: 1_234 })], 3);
    expect(Math.abs(lateness(samples, 10, 1, 2.9))).toBeLessThan(200);
  });

  it("places it there although its first blocks were delayed", () => {
    const begun = (at: number) => Math.max(0, 465_000 - at);
    const { samples } = listen([new Speaker(1, { hertz: 10, from: 400_000 }, begun)], 3);
    expect(Math.abs(lateness(samples, 10, 2, 2.9))).toBeLessThan(1_000);
  });

  it("loses nothing of a voice that arrives in bursts", () => {
    const bursts = (at: number) => (at % 50_000 === 0 ? 0 : 50_000 - (at % 50_000));
    const { samples } = listen([new Speaker(1, { hertz: 300 }, bursts)], 3);
    expect(loudness(samples, 300, 2, 2.9)).toBeCloseTo(0.3, 2);
    expect(roughness(samples, 2, 2.9)).toBeLessThan(0.001);
  });

  it("waits once for a voice that fails, then no longer delays others", () => {
    const fails = (at: number) => (at > 1_000_000 ? 1e9 : 0);
    const { samples, waits } = listen(
      [new Speaker(1, { hertz: 440 }), new Speaker(2, { hertz: 1000 }, fails)],
      3,
    );
    expect(Math.max(...waits)).toBeLessThan(160_000);
    expect(waits.filter((wait) => wait > 15_000).length).toBeLessThan(10);
    expect(loudness(samples, 440, 0.5, 2.9)).toBeCloseTo(0.3, 2);
    expect(loudness(samples, 1000, 2, 2.9)).toBeLessThan(0.001);
    expect(roughness(samples, 1.5, 2.9)).toBeLessThan(0.002);
  });

  it("delays others for a stuttering voice at most once a second", () => {
    const stammers = (at: number) => (at % 300_000 === 0 ? 0 : 300_000 - (at % 300_000));
    const { samples, waits } = listen(
      [new Speaker(1, { hertz: 440 }), new Speaker(2, { hertz: 1000 }, stammers)],
      5,
    );
    expect(waits.filter((wait) => wait > 15_000).length).toBeLessThan(5 * 9);
    expect(loudness(samples, 440, 0.5, 4.9)).toBeCloseTo(0.3, 2);
  });

  it("resumes a voice after a gap, at the right time", () => {
    const away = (at: number) => (at > 1_000_000 && at <= 1_500_000 ? 1_500_000 - at : 0);
    const { samples } = listen([new Speaker(1, { hertz: 10 }, away)], 4);
    expect(Math.abs(lateness(samples, 10, 2, 3.9))).toBeLessThan(1_000);
    expect(loudness(samples, 10, 2, 3.9)).toBeCloseTo(0.3, 2);
  });

  it("waits for no voice that has ended, and plays the rest of it", () => {
    const mix = new Mix(START, BLOCK);
    mix.write(1, [new Float32Array(480).fill(0.5)], SAMPLE_RATE, START + 10_000);
    mix.end(1);
    expect(mix.take(START + 20_000)).toBeNull();
    const mixed = mix.take(START + 30_000);
    expect(mixed?.samples[240]).toBeCloseTo(0.5);
    expect(mixed?.samples[700]).toBe(0);
  });

  it.each([44_100, 16_000, 96_000])("keeps the pitch of a voice of %i Hz", (rate) => {
    const { samples } = listen([new Speaker(1, { hertz: 440, rate })], 3);
    expect(loudness(samples, 440, 1, 2.9)).toBeCloseTo(0.3, 2);
    expect(roughness(samples, 1, 2.9)).toBeLessThan(0.003);
  });

  it.each([
    ["fast", 1.0001],
    ["slow", 0.9999],
    ["very slow", 0.9995],
  ])(
    "keeps up with a %s sound card for two minutes",
    (_, pace) => {
      const speakers = [new Speaker(1, { hertz: 200, pace })];
      const { samples, waits } = listen(speakers, 120);
      expect(Math.max(...waits.slice(100))).toBeLessThan(10_500);
      expect(Math.min(...waits.slice(100))).toBeGreaterThan(-2_000);
      expect(loudness(samples, 200 * pace, 118, 119)).toBeCloseTo(0.3, 2);
      expect(roughness(samples, 118, 119)).toBeLessThan(0.001);
    },
    30_000,
  );

  it("loses nothing while it was suspended itself", () => {
    const asleep: [number, number] = [1_000_000, 1_300_000];
    const held = (at: number) => (at > asleep[0] && at < asleep[1] ? asleep[1] - at : 0);
    const { samples } = listen([new Speaker(1, { hertz: 300 }, held)], 3, { pauses: [asleep] });
    expect(roughness(samples, 0.5, 2.9)).toBeLessThan(0.001);
    expect(loudness(samples, 300, 0.5, 2.9)).toBeCloseTo(0.3, 2);
  });

  it("continues on a machine so busy that every poll is late", () => {
    const mix = new Mix(START, BLOCK);
    let blocks = 0;
    for (let now = 0; now <= 2e6; now += 45_000) {
      while (mix.take(START + now) !== null) blocks += 1;
    }
    expect(blocks).toBeGreaterThan(95);
  });

  it("limits a loud sum without hard clipping", () => {
    const loud = [1, 2, 3].map((voice) => new Speaker(voice, { hertz: 200, loud: 0.7 }));
    const { samples } = listen(loud, 1);
    const most = Math.max(...samples.map(Math.abs));
    expect(most).toBeGreaterThan(0.9);
    expect(most).toBeLessThanOrEqual(1);
    expect(roughness(samples, 0.5, 0.9)).toBeLessThan(0.03);
  });

  it("plays mono on both sides, and stereo as it is", () => {
    const mix = new Mix(START, BLOCK);
    const block = (level: number) => new Float32Array(BLOCK).fill(level);
    mix.write(1, [block(0.1)], SAMPLE_RATE, START + 20_000);
    mix.write(2, [block(0.2), block(0.4)], SAMPLE_RATE, START + 20_000);
    const mixed = mix.take(START + 20_000);
    expect(mixed?.samples[500]).toBeCloseTo(0.3);
    expect(mixed?.samples[BLOCK + 500]).toBeCloseTo(0.5);
  });

  it("does not output hours of silence after the machine slept", () => {
    const mix = new Mix(START, BLOCK);
    const before = new Speaker(1, { hertz: 200 });
    for (let i = 0; i < 50; i += 1) before.speak(mix);
    const asleep = 3_600e6;
    const taken: number[] = [];
    for (let now = asleep; now <= asleep + 1e6; now += 5_000) {
      for (let mixed = mix.take(START + now); mixed !== null; mixed = mix.take(START + now)) {
        // Audio from before the hour must not play after it.
        expect(Math.max(...mixed.samples.map(Math.abs))).toBe(0);
        taken.push(mixed.timestamp - START);
      }
    }
    expect(taken.length).toBeLessThan(60);
    expect(Math.min(...taken)).toBeGreaterThan(asleep - 100_000);
    // New audio is placed correctly.
    const after = new Speaker(2, { hertz: 200, from: asleep + 1e6 });
    const heard: number[] = [];
    for (let now = asleep + 1e6; now <= asleep + 1.2e6; now += 5_000) {
      while (after.next <= now) after.speak(mix);
      for (let mixed = mix.take(START + now); mixed !== null; mixed = mix.take(START + now)) {
        if (mixed.samples.some((s) => Math.abs(s) > 0.1)) heard.push(mixed.timestamp - START);
      }
    }
    expect(Math.min(...heard)).toBeGreaterThan(asleep + 0.98e6);
    expect(Math.min(...heard)).toBeLessThan(asleep + 1.03e6);
  });
});
