/** The contrast between two colours (WCAG 2.2, 1.4.3). */

/** Red, green and blue, from 0 to 255. */
export type Colour = readonly [number, number, number];

/** The minimum for text of normal size. */
export const READABLE = 4.5;

export function contrast(a: Colour, b: Colour): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever is more readable on a colour. */
export function textOn(background: Colour): Colour {
  const white: Colour = [255, 255, 255];
  const black: Colour = [0, 0, 0];
  return contrast(background, white) >= contrast(background, black) ? white : black;
}

/**
 * Moves a colour towards a target until it is readable on a background; at most, returns the target
 * itself.
 */
export function readable(colour: Colour, background: Colour): Colour {
  const towards = textOn(background);
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(colour, towards, share);
    if (contrast(mixed, background) >= READABLE) return mixed;
  }
  return towards;
}

export function mix(colour: Colour, other: Colour, share: number): Colour {
  const part = (index: 0 | 1 | 2): number =>
    Math.round(colour[index] * (1 - share) + other[index] * share);
  return [part(0), part(1), part(2)];
}

export function css([red, green, blue]: Colour): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** WCAG's relative luminance. */
function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
