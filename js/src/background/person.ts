/** The test picture of a person: 64 by 36 pixels of RGB, enlarged. */

import stored from "./person.json";

const { width: WIDTH, height: HEIGHT } = stored;

/** Made from NASA's portrait of Eileen Collins, which is in the public domain. */
const PIXELS = Uint8Array.from(atob(stored.rgb), (byte) => byte.charCodeAt(0));

/** Calls back with each value of the resized image, interpolated linearly between pixel centres. */
export function person(
  width: number,
  height: number,
  set: (pixel: number, colour: 0 | 1 | 2, value: number) => void,
): void {
  const place = (at: number, of: number, known: number): [number, number, number] => {
    const exact = Math.min(Math.max(((at + 0.5) * known) / of - 0.5, 0), known - 1);
    const first = Math.floor(exact);
    return [first, Math.min(first + 1, known - 1), exact - first];
  };
  for (let y = 0; y < height; y += 1) {
    const [top, bottom, down] = place(y, height, HEIGHT);
    for (let x = 0; x < width; x += 1) {
      const [left, right, across] = place(x, width, WIDTH);
      for (const colour of [0, 1, 2] as const) {
        const at = (row: number, column: number): number =>
          PIXELS[(row * WIDTH + column) * 3 + colour] ?? 0;
        const upper = at(top, left) * (1 - across) + at(top, right) * across;
        const lower = at(bottom, left) * (1 - across) + at(bottom, right) * across;
        set(y * width + x, colour, upper * (1 - down) + lower * down);
      }
    }
  }
}
