/** The layout of the stage's tiles. Pure, in pixels. */

export interface Size {
  width: number;
  height: number;
}

export interface Rect extends Size {
  x: number;
  y: number;
}

/** With more tiles than this, faces would be too small to recognise. */
export const MAX_TILES = 9;

const GRIDS: readonly { upTo: number; columns: number; rows: number }[] = [
  { upTo: 1, columns: 1, rows: 1 },
  { upTo: 2, columns: 2, rows: 1 },
  { upTo: 4, columns: 2, rows: 2 },
  { upTo: 6, columns: 3, rows: 2 },
  { upTo: MAX_TILES, columns: 3, rows: 3 },
];

/** Lays out `count` tiles of one size; an incomplete row is centred. */
export function gallery(count: number, picture: Size, gap: number): Rect[] {
  const shown = Math.min(count, MAX_TILES);
  const grid = GRIDS.find(({ upTo }) => shown <= upTo);
  if (grid === undefined || shown === 0) return [];
  const width = Math.floor((picture.width - gap * (grid.columns - 1)) / grid.columns);
  const height = Math.floor((picture.height - gap * (grid.rows - 1)) / grid.rows);
  return Array.from({ length: shown }, (_, index) => {
    const row = Math.floor(index / grid.columns);
    const inRow = Math.min(grid.columns, shown - row * grid.columns);
    const rowWidth = inRow * width + (inRow - 1) * gap;
    const left = Math.floor((picture.width - rowWidth) / 2);
    return {
      x: left + (index % grid.columns) * (width + gap),
      y: row * (height + gap),
      width,
      height,
    };
  });
}

/** The strip of small tiles takes this fraction of the frame's width. */
const STRIP = 0.2;

/**
 * One large tile with the others small beside it; those that do not fit into the strip are dropped.
 */
export function spotlight(
  count: number,
  large: number,
  picture: Size,
  gap: number,
): (Rect | null)[] {
  if (count <= 1) return gallery(count, picture, gap);
  const width = Math.floor(picture.width * STRIP);
  const height = Math.floor((width * picture.height) / picture.width);
  const small = Math.min(count - 1, Math.floor((picture.height + gap) / (height + gap)));
  const top = Math.floor((picture.height - small * height - (small - 1) * gap) / 2);
  let place = 0;
  return Array.from({ length: count }, (_, index) => {
    if (index === large) {
      return { x: 0, y: 0, width: picture.width - width - gap, height: picture.height };
    }
    if (place >= small) return null;
    const y = top + place * (height + gap);
    place += 1;
    return { x: picture.width - width, y, width, height };
  });
}

/** The centre of the source that fills a target with another aspect ratio. */
export function crop(source: Size, target: Size): Rect {
  const scale = Math.min(source.width / target.width, source.height / target.height);
  const width = target.width * scale;
  const height = target.height * scale;
  return { x: (source.width - width) / 2, y: (source.height - height) / 2, width, height };
}

/** The part of the target that the uncropped source fills. */
export function letterbox(source: Size, target: Rect): Rect {
  const scale = Math.min(target.width / source.width, target.height / source.height);
  const width = Math.round(source.width * scale);
  const height = Math.round(source.height * scale);
  return {
    x: target.x + Math.floor((target.width - width) / 2),
    y: target.y + Math.floor((target.height - height) / 2),
    width,
    height,
  };
}

/** If cropping would leave less than this fraction of a frame, show all of it. */
const WORTH = 0.45;

/**
 * Which part of a source to draw, and where. The source fills the tile and is cropped, unless it
 * must not be (`whole`), or too little of it would remain.
 */
export function intoTile(source: Size, tile: Rect, whole: boolean): { part: Rect; at: Rect } {
  const part = crop(source, tile);
  const left = (part.width * part.height) / (source.width * source.height);
  if (!whole && left >= WORTH) return { part, at: tile };
  return { part: { x: 0, y: 0, ...source }, at: letterbox(source, tile) };
}
