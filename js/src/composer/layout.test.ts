import { describe, expect, it } from "vitest";
import { crop, gallery, intoTile, letterbox, MAX_TILES, spotlight } from "./layout";

const PICTURE = { width: 640, height: 360 };

describe("gallery", () => {
  it("gives one person the whole frame", () => {
    expect(gallery(1, PICTURE, 4)).toEqual([{ x: 0, y: 0, width: 640, height: 360 }]);
  });

  it("puts two side by side", () => {
    expect(gallery(2, PICTURE, 4)).toEqual([
      { x: 0, y: 0, width: 318, height: 360 },
      { x: 322, y: 0, width: 318, height: 360 },
    ]);
  });

  it("centres a row that is not full", () => {
    const third = gallery(3, PICTURE, 4)[2];
    expect(third).toEqual({ x: 161, y: 182, width: 318, height: 178 });
  });

  it.each(Array.from({ length: MAX_TILES }, (_, i) => i + 1))(
    "keeps %i tiles inside the frame and apart",
    (count) => {
      const tiles = gallery(count, PICTURE, 4);
      expect(tiles).toHaveLength(count);
      for (const [i, a] of tiles.entries()) {
        expect(a.x).toBeGreaterThanOrEqual(0);
        expect(a.x + a.width).toBeLessThanOrEqual(640);
        expect(a.y + a.height).toBeLessThanOrEqual(360);
        for (const b of tiles.slice(i + 1)) {
          const apart =
            a.x + a.width <= b.x ||
            b.x + b.width <= a.x ||
            a.y + a.height <= b.y ||
            b.y + b.height <= a.y;
          expect(apart).toBe(true);
        }
      }
    },
  );

  it("shows no tiles on an empty stage, and at most nine", () => {
    expect(gallery(0, PICTURE, 4)).toEqual([]);
    expect(gallery(20, PICTURE, 4)).toHaveLength(MAX_TILES);
  });
});

describe("spotlight", () => {
  it("shows one large tile and the others in a strip beside it", () => {
    expect(spotlight(3, 1, PICTURE, 4)).toEqual([
      { x: 512, y: 106, width: 128, height: 72 },
      { x: 0, y: 0, width: 508, height: 360 },
      { x: 512, y: 182, width: 128, height: 72 },
    ]);
  });

  it("keeps every tile inside the frame, and drops those that do not fit", () => {
    const tiles = spotlight(9, 0, PICTURE, 4);
    expect(tiles.filter((tile) => tile === null)).toHaveLength(4);
    for (const tile of tiles) {
      expect(tile?.y ?? 0).toBeGreaterThanOrEqual(0);
      expect((tile?.y ?? 0) + (tile?.height ?? 0)).toBeLessThanOrEqual(360);
    }
  });

  it("gives a single tile the whole frame", () => {
    expect(spotlight(1, 0, PICTURE, 4)).toEqual(gallery(1, PICTURE, 4));
  });
});

describe("fitting", () => {
  it("crops the sides of a wide frame for a square tile", () => {
    expect(crop({ width: 640, height: 360 }, { width: 100, height: 100 })).toEqual({
      x: 140,
      y: 0,
      width: 360,
      height: 360,
    });
  });

  it("shows all of a shared screen", () => {
    const tile = { x: 10, y: 0, width: 300, height: 300 };
    expect(letterbox({ width: 1600, height: 800 }, tile)).toEqual({
      x: 10,
      y: 75,
      width: 300,
      height: 150,
    });
  });
});

describe("intoTile", () => {
  const portrait = { width: 360, height: 640 };
  const alone = { x: 0, y: 0, ...PICTURE };

  it("shows all of a single portrait camera", () => {
    expect(intoTile(portrait, alone, true)).toEqual({
      part: { x: 0, y: 0, width: 360, height: 640 },
      at: { x: 218, y: 0, width: 203, height: 360 },
    });
  });

  it("fills a tile of a similar aspect ratio, and crops the rest", () => {
    const half = gallery(2, PICTURE, 4)[0] ?? alone;
    expect(intoTile(PICTURE, half, false)).toEqual({ part: crop(PICTURE, half), at: half });
    expect(intoTile(portrait, half, false)).toEqual({ part: crop(portrait, half), at: half });
    expect(intoTile({ width: 640, height: 480 }, alone, false).at).toEqual(alone);
  });

  it("does not crop where most of a frame would be lost", () => {
    for (const tile of gallery(4, PICTURE, 4)) {
      const { part, at } = intoTile(portrait, tile, false);
      expect(part).toEqual({ x: 0, y: 0, ...portrait });
      expect(at.height).toBe(tile.height);
      expect(at.width).toBeLessThan(tile.width / 2);
      expect(at.x).toBeGreaterThan(tile.x);
    }
    const strip = { width: 3840, height: 1080 };
    const half = gallery(2, PICTURE, 4)[0] ?? alone;
    expect(intoTile(strip, half, false).part).toEqual({ x: 0, y: 0, ...strip });
  });

  it("never crops a shared screen, in a tile of any size", () => {
    for (const count of [1, 2, 4, 6, 9]) {
      for (const tile of gallery(count, PICTURE, 4)) {
        for (const source of [PICTURE, portrait, { width: 1600, height: 1200 }]) {
          expect(intoTile(source, tile, true).part).toEqual({ x: 0, y: 0, ...source });
        }
      }
    }
  });
});
