/** A demo bot's voice: syllables without words, and softly. */

export const RATE = 48_000;
/** Syllables a second. */
const PACE = 4;
/** The loudest that a voice is: heard as speech by the room, and by people as quiet. */
const SOFT = 0.15;
/** Formants of open and closed vowels, in Hz. */
const VOWELS = [
  [700, 1200],
  [400, 2000],
  [500, 900],
  [300, 2300],
] as const;

/** How loud the voice is at a time in seconds, from 0 to 1. */
export function loudness(time: number): number {
  const phrase = Math.sin((time * Math.PI) / 2.4);
  return phrase < 0 ? 0 : Math.sqrt(phrase) * Math.sin(time * PACE * Math.PI) ** 2;
}

/** The next samples. `pitch`: of the voice, in Hz. */
export function babble(from: number, count: number, pitch: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(count);
  for (let index = 0; index < count; index += 1) {
    const time = (from + index) / RATE;
    const loud = loudness(time);
    if (loud === 0) continue;
    const [low, high] = VOWELS[Math.floor(time * PACE) % VOWELS.length] ?? VOWELS[0];
    // A pulse of the voice rings at its formants until the next one.
    const since = (time * pitch) % 1;
    const fading = Math.exp(-since * 5);
    const ringing =
      Math.sin((2 * Math.PI * low * since) / pitch) +
      0.4 * Math.sin((2 * Math.PI * high * since) / pitch);
    samples[index] = SOFT * loud * fading * ringing;
  }
  return samples;
}
