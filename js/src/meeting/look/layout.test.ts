import { expect, test } from "vitest";
import { arrange, capacity, type Rect, type Stage } from "./layout";

const stage = (width: number, height: number, count: number, more: Partial<Stage> = {}): Stage => ({
  width,
  height,
  count,
  spotlight: null,
  maxColumns: 8,
  ...more,
});

const columns = (rects: Rect[]): number => new Set(rects.map((r) => Math.round(r.left))).size;

const overlap = (a: Rect, b: Rect): boolean =>
  a.left < b.left + b.width - 0.01 &&
  b.left < a.left + a.width - 0.01 &&
  a.top < b.top + b.height - 0.01 &&
  b.top < a.top + a.height - 0.01;

const SIZES = [
  [300, 480],
  [480, 320],
  [800, 400],
  [1280, 480],
  [2000, 1100],
] as const;

for (const [width, height] of SIZES) {
  for (const spotlight of [null, 0, 1]) {
    test(`tiles of a ${width}x${height} stage stay inside and apart (large: ${spotlight})`, () => {
      for (let count = 1; count <= 9; count += 1) {
        const rects = arrange(stage(width, height, count, { spotlight }));
        expect(rects).toHaveLength(count);
        for (const rect of rects) {
          expect(rect.left).toBeGreaterThanOrEqual(-0.01);
          expect(rect.top).toBeGreaterThanOrEqual(-0.01);
          expect(rect.left + rect.width).toBeLessThanOrEqual(width + 0.01);
          expect(rect.top + rect.height).toBeLessThanOrEqual(height + 0.01);
          expect(Math.min(rect.width, rect.height)).toBeGreaterThan(20);
        }
        for (const [i, a] of rects.entries()) {
          for (const b of rects.slice(i + 1)) expect(overlap(a, b)).toBe(false);
        }
      }
    });
  }
}

test("two people are side by side on a wide stage and stacked on a narrow one", () => {
  expect(columns(arrange(stage(1280, 480, 2)))).toBe(2);
  expect(columns(arrange(stage(320, 480, 2)))).toBe(1);
});

test("an incomplete last row is centred", () => {
  const [first, second, third] = arrange(stage(800, 600, 3));
  const middle = (r: Rect | undefined): number => (r ? r.left + r.width / 2 : Number.NaN);
  expect(middle(third)).toBeCloseTo((middle(first) + middle(second)) / 2);
});

test("the embedding page may limit the columns", () => {
  expect(columns(arrange(stage(2000, 500, 6, { maxColumns: 2 })))).toBe(2);
});

test("the spotlight is larger than all other tiles", () => {
  const rects = arrange(stage(900, 500, 5, { spotlight: 2 }));
  const area = (r: Rect | undefined): number => (r ? r.width * r.height : 0);
  for (const [i, rect] of rects.entries()) {
    if (i !== 2) expect(area(rects[2])).toBeGreaterThan(4 * area(rect));
  }
});

test("the embedding page may put the strip below, and make it thin", () => {
  const rects = arrange(stage(1200, 500, 3, { spotlight: 0, vertical: false, stripSize: 80 }));
  expect(rects[0]).toMatchObject({ left: 0, width: 1200 });
  expect(rects[1]).toMatchObject({ top: 420, height: 80 });
});

test("a stage without space or people has no tiles", () => {
  expect(arrange(stage(0, 0, 3))).toEqual([]);
  expect(arrange(stage(800, 600, 0))).toEqual([]);
});

test.each([
  [320, 200, 4, null, 4],
  [320, 200, 30, null, 9],
  [900, 420, 9, null, 9],
  [300, 120, 9, 0, 3],
  [40, 40, 5, null, 1],
])("a stage of %ix%i fits this many of %i (large: %s): %i", (w, h, count, spotlight, fits) => {
  expect(capacity(stage(w, h, count, { spotlight }))).toBe(fits);
});
