/** A demo bot's voice: quiet, loud enough to count as speech, and silent between its phrases. */

import { expect, test } from "vitest";
import { babble, loudness, RATE } from "./babble";

const power = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

test.each([105, 165])("a voice of %i Hz is soft and is heard as speech", (pitch) => {
  const chunks = Array.from({ length: 24 }, (_, at) => babble((at * RATE) / 10, RATE / 10, pitch));
  const loudest = Math.max(...chunks.map(power));
  // What the room takes for speech, and less than what a person at a microphone has.
  expect(loudest).toBeGreaterThan(0.02);
  expect(loudest).toBeLessThan(0.06);
  expect(Math.max(...chunks.flatMap((chunk) => [...chunk].map(Math.abs)))).toBeLessThan(0.25);
});

test("it pauses between two phrases, with its mouth shut", () => {
  const pause = 3.6;
  expect(loudness(pause)).toBe(0);
  expect(power(babble(pause * RATE, RATE / 10, 105))).toBe(0);
});
