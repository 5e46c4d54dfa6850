/** Lays out the stage's tiles. Pure geometry, in CSS pixels. */

export interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Stage {
  width: number;
  height: number;
  count: number;
  /** The large tile; null for tiles of one size. */
  spotlight: number | null;
  /** The maximum number of columns of equal tiles. */
  maxColumns: number;
  /**
   * Whether the strip of small tiles is beside the large one; depends on the stage's shape if
   * omitted.
   */
  vertical?: boolean | undefined;
  /** The maximum thickness of that strip. */
  stripSize?: number | undefined;
}

const GAP = 8;
/** Tiles crop the video: their shape is at most as wide as a camera's, and at most this tall. */
const WIDEST = 16 / 9;
const TALLEST = 6 / 5;
const STRIP_SHARE = 0.24;
const STRIP_SMALLEST = 76;
const STRIP_LARGEST = 190;
/** In a smaller tile a face is unrecognisable. */
const MIN_TILE = { width: 88, height: 60 };
const MIN_TILE_IN_STRIP = { width: 60, height: 40 };

export function arrange(stage: Stage): Rect[] {
  if (stage.count === 0 || stage.width <= 0 || stage.height <= 0) return [];
  const { spotlight } = stage;
  if (spotlight === null || stage.count === 1 || spotlight >= stage.count) return grid(stage);
  return withSpotlight(stage, spotlight);
}

/** The number of tiles that fit with recognisable faces. */
export function capacity(stage: Stage): number {
  for (let count = stage.count; count > 1; count -= 1) {
    const large = stage.spotlight === null ? null : 0;
    const smallest = large === null ? MIN_TILE : MIN_TILE_IN_STRIP;
    const rects = arrange({ ...stage, count, spotlight: large });
    if (rects.every(({ width, height }) => width >= smallest.width && height >= smallest.height)) {
      return count;
    }
  }
  return 1;
}

/**
 * Equal tiles, in the number of columns that makes them largest; an incomplete last row is centred.
 */
function grid({ width, height, count, maxColumns }: Stage): Rect[] {
  const maximum = Math.max(1, Math.min(count, maxColumns));
  let best = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= maximum; columns += 1) {
    const tile = within(cell(width, columns), cell(height, Math.ceil(count / columns)));
    if (tile.width * tile.height > best.width * best.height) best = { columns, ...tile };
  }
  const rows = Math.ceil(count / best.columns);
  const top = (height - span(best.height, rows)) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / best.columns);
    const inRow = Math.min(best.columns, count - row * best.columns);
    const left = (width - span(best.width, inRow)) / 2;
    return {
      left: left + (index % best.columns) * (best.width + GAP),
      top: top + row * (best.height + GAP),
      width: best.width,
      height: best.height,
    };
  });
}

/** One large tile, the others in a strip: beside it on a wide stage, otherwise below. */
function withSpotlight(stage: Stage, spotlight: number): Rect[] {
  const { width, height, count } = stage;
  const beside = stage.vertical ?? width > height * 1.4;
  const length = beside ? height : width;
  const across = beside ? width : height;
  const others = count - 1;
  const longest = cell(length, others);
  const wanted = Math.min(
    stage.stripSize ?? STRIP_LARGEST,
    Math.max(STRIP_SMALLEST, across * STRIP_SHARE),
  );
  // The tiles share the strip's length: with many of them it gets thinner, so that none is cut off.
  const thickness = beside
    ? Math.min(wanted, longest * WIDEST)
    : Math.min(wanted, longest / TALLEST);
  const tile = beside
    ? { width: thickness, height: Math.min(longest, thickness / WIDEST) }
    : { width: Math.min(longest, thickness * WIDEST), height: thickness };
  const large: Rect = beside
    ? { left: 0, top: 0, width: width - thickness - GAP, height }
    : { left: 0, top: 0, width, height: height - thickness - GAP };
  const used = span(beside ? tile.height : tile.width, others);
  const start = (length - used) / 2;
  let place = 0;
  return Array.from({ length: count }, (_, index) => {
    if (index === spotlight) return large;
    const along = start + place * ((beside ? tile.height : tile.width) + GAP);
    place += 1;
    return beside
      ? { left: width - thickness, top: along, ...tile }
      : { left: along, top: height - thickness, ...tile };
  });
}

function cell(length: number, parts: number): number {
  return Math.max(0, (length - GAP * (parts - 1)) / parts);
}

function span(size: number, parts: number): number {
  return size * parts + GAP * (parts - 1);
}

function within(width: number, height: number): { width: number; height: number } {
  return { width: Math.min(width, height * WIDEST), height: Math.min(height, width / TALLEST) };
}
