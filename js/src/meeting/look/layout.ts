/** Where the tiles of the stage go. Pure geometry, in CSS pixels. */

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
  /** Which tile is large; null for tiles of one size. */
  spotlight: number | null;
  /** The most columns of equal tiles. */
  maxColumns: number;
  /** Whether the strip of small tiles stands beside the large one; by the stage's form, if left out. */
  vertical?: boolean | undefined;
  /** The greatest thickness of that strip. */
  stripSize?: number | undefined;
}

const GAP = 8;
/** A tile is cut from the picture: neither flatter than the camera's, nor taller than this. */
const WIDEST = 16 / 9;
const TALLEST = 6 / 5;
const STRIP_SHARE = 0.24;
const STRIP_SMALLEST = 76;
const STRIP_LARGEST = 190;
/** Smaller than this a face is a smudge. */
const LEAST = { width: 88, height: 60 };
const LEAST_IN_STRIP = { width: 60, height: 40 };

export function arrange(stage: Stage): Rect[] {
  if (stage.count === 0 || stage.width <= 0 || stage.height <= 0) return [];
  const { spotlight } = stage;
  if (spotlight === null || stage.count === 1 || spotlight >= stage.count) return grid(stage);
  return withSpotlight(stage, spotlight);
}

/** How many of the tiles can be shown so that each can still be recognised. */
export function capacity(stage: Stage): number {
  for (let count = stage.count; count > 1; count -= 1) {
    const large = stage.spotlight === null ? null : 0;
    const least = large === null ? LEAST : LEAST_IN_STRIP;
    const rects = arrange({ ...stage, count, spotlight: large });
    if (rects.every(({ width, height }) => width >= least.width && height >= least.height)) {
      return count;
    }
  }
  return 1;
}

/** Equal tiles, in the number of columns that makes them largest; a last short row is centred. */
function grid({ width, height, count, maxColumns }: Stage): Rect[] {
  const most = Math.max(1, Math.min(count, maxColumns));
  let best = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= most; columns += 1) {
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

/** One large tile, the others in a strip: beside it where the stage is wide, below it otherwise. */
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
  // Tiles of the strip share its length: many of them make it thinner, so that none is cut off.
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
