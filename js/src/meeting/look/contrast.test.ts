import { expect, test } from "vitest";
import { type Colour, contrast, css, READABLE, readable, textOn } from "./contrast";

test("black on white has the greatest contrast, and a colour on itself has none", () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
  expect(contrast([80, 90, 100], [80, 90, 100])).toBe(1);
});

// A pair from the W3C's own examples: #777 on white just fails.
test("the contrast of a known pair is correct", () => {
  expect(contrast([0x77, 0x77, 0x77], [255, 255, 255])).toBeCloseTo(4.48, 2);
});

const COLOURS: Colour[] = [
  [255, 255, 0],
  [0, 0, 255],
  [128, 128, 128],
  [12, 14, 18],
  [250, 250, 250],
  [214, 40, 57],
];

for (const background of COLOURS) {
  test(`text on ${css(background)} can be read, and so can any colour after it was moved`, () => {
    expect(contrast(textOn(background), background)).toBeGreaterThanOrEqual(READABLE);
    for (const colour of COLOURS) {
      expect(contrast(readable(colour, background), background)).toBeGreaterThanOrEqual(READABLE);
    }
  });
}

test("a readable colour is unchanged", () => {
  expect(readable([255, 255, 255], [0, 0, 0])).toEqual([255, 255, 255]);
});
