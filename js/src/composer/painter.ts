/**
 * Draws the stage. Parts that rarely change are drawn once, on layers below and above the video.
 */

import { initials } from "../shared/initials";
import { characters } from "../shared/text";
import { crop, gallery, intoTile, MAX_TILES, type Rect, type Size, spotlight } from "./layout";
import type { Card, Look, Ornament, WorkerTile } from "./messages";

const GAP = 4;
const BACKGROUND = "#14171d";
const TILE = "#232831";
const TEXT = "#f4f6fa";
const QUIET = "#b6bfcc";
const LABEL = "rgb(12 14 18 / 72%)";
const SPEAKING = "#4cc38a";
const AVATARS = ["#3b6fb6", "#7a5bb5", "#2f8573", "#b1603a", "#a34a72", "#5f7a2e"] as const;
const FONT = "system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif";

type Context = OffscreenCanvasRenderingContext2D;

function context(size: Size, settings: CanvasRenderingContext2DSettings): Context {
  const made = new OffscreenCanvas(size.width, size.height).getContext("2d", settings);
  if (made === null) throw new Error("this browser cannot draw the stage");
  return made;
}

function avatarColour(id: string): string {
  const sum = [...id].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return AVATARS[sum % AVATARS.length] ?? AVATARS[0];
}

function shorten(on: Context, text: string, room: number): string {
  if (on.measureText(text).width <= room) return text;
  const letters = [...characters(text)];
  while (letters.length > 0 && on.measureText(`${letters.join("")}…`).width > room) letters.pop();
  return `${letters.join("")}…`;
}

function corners({ x, y, width, height }: Rect): [number, number, number, number] {
  return [x, y, width, height];
}

export class Painter {
  readonly canvas: OffscreenCanvas;
  readonly #size: Size;
  readonly #stage: Context;
  /** The background, visible around video whose aspect ratio differs from its tile's. */
  readonly #background: Context;
  readonly #beneath: Context;
  readonly #above: Context;
  readonly #ornaments: Record<Ornament, ImageBitmap | null> = { logo: null, backdrop: null };
  #described: WorkerTile[] = [];
  #look: Look;
  #tiles: { tile: WorkerTile; at: Rect }[] = [];

  constructor(size: Size, look: Look) {
    this.#size = size;
    this.#look = look;
    this.#stage = context(size, { alpha: false, desynchronized: true });
    this.#background = context(size, { alpha: false });
    this.#beneath = context(size, { alpha: false });
    this.#above = context(size, {});
    this.canvas = this.#stage.canvas;
    this.#prepare();
  }

  setStage(tiles: WorkerTile[], look: Look): void {
    this.#described = tiles;
    this.#look = look;
    this.#prepare();
  }

  /** Shows or removes an image of the brand. */
  setOrnament(ornament: Ornament, picture: ImageBitmap | null): void {
    this.#ornaments[ornament]?.close();
    this.#ornaments[ornament] = picture;
    this.#prepare();
  }

  #prepare(): void {
    const tiles = this.#described;
    const look = this.#look;
    const shown = look.card === null ? tiles.slice(0, MAX_TILES) : [];
    const places =
      look.large === null
        ? gallery(shown.length, this.#size, GAP)
        : spotlight(shown.length, Math.min(look.large, MAX_TILES - 1), this.#size, GAP);
    this.#tiles = shown.flatMap((tile, index) => {
      const at = places[index];
      return at ? [{ tile, at }] : [];
    });
    this.#above.clearRect(0, 0, this.#size.width, this.#size.height);
    this.#background.fillStyle = BACKGROUND;
    if (look.brand.background !== null) this.#background.fillStyle = look.brand.background;
    this.#background.fillRect(0, 0, this.#size.width, this.#size.height);
    this.#drawBackdrop();
    this.#beneath.drawImage(this.#background.canvas, 0, 0);
    if (this.#tiles.length === 0) this.#announce(look.card ?? { title: look.title, text: "" });
    this.#brand();
    for (const { tile, at } of this.#tiles) {
      this.#avatar(tile, at);
      this.#label(tile, at);
      if (tile.speaking) this.#ring(at);
    }
  }

  /** Composes one frame; `frames` holds the newest one of each source. */
  paint(frames: ReadonlyMap<number, VideoFrame>): void {
    this.#stage.drawImage(this.#beneath.canvas, 0, 0);
    // A single tile has room for an uncropped frame.
    const alone = this.#tiles.length === 1;
    for (const { tile, at } of this.#tiles) {
      const frame = tile.source === null ? undefined : frames.get(tile.source);
      if (frame !== undefined) this.#picture(frame, at, tile.whole || alone);
    }
    this.#stage.drawImage(this.#above.canvas, 0, 0);
  }

  #picture(frame: VideoFrame, tile: Rect, whole: boolean): void {
    const source = { width: frame.displayWidth, height: frame.displayHeight };
    const { part, at } = intoTile(source, tile, whole);
    // Hide the initials, which the tile shows without video.
    if (at.width < tile.width || at.height < tile.height) this.#clear(tile);
    this.#stage.drawImage(frame, ...corners(part), ...corners(at));
  }

  #clear(tile: Rect): void {
    this.#stage.drawImage(this.#background.canvas, ...corners(tile), ...corners(tile));
  }

  /** Fills the background with the brand's image. */
  #drawBackdrop(): void {
    const { backdrop } = this.#ornaments;
    if (backdrop === null) return;
    const { width, height } = this.#size;
    const part = crop(backdrop, this.#size);
    this.#background.drawImage(backdrop, ...corners(part), 0, 0, width, height);
  }

  #brand(): void {
    const { logo } = this.#ornaments;
    if (logo === null) return;
    const { width, height } = this.#size;
    const most = { width: width / 6, height: height / 9 };
    const scale = Math.min(most.width / logo.width, most.height / logo.height);
    const size = { width: logo.width * scale, height: logo.height * scale };
    const edge = Math.round(height / 40);
    this.#above.drawImage(logo, width - size.width - edge, edge, size.width, size.height);
  }

  get #font(): string {
    const { font } = this.#look.brand;
    return font === null ? FONT : `${font}, ${FONT}`;
  }

  #announce({ title, text }: Card): void {
    const { width, height } = this.#size;
    const on = this.#beneath;
    on.textAlign = "center";
    on.textBaseline = "middle";
    const { text: colour } = this.#look.brand;
    on.fillStyle = colour ?? TEXT;
    on.font = `600 ${Math.round(height / 10)}px ${this.#font}`;
    on.fillText(shorten(on, title, width * 0.9), width / 2, height * 0.46);
    on.fillStyle = colour ?? QUIET;
    on.font = `${Math.round(height / 18)}px ${this.#font}`;
    on.fillText(shorten(on, text, width * 0.85), width / 2, height * 0.6);
  }

  #avatar(tile: WorkerTile, at: Rect): void {
    const on = this.#beneath;
    const radius = Math.min(at.width, at.height) / 4;
    const x = at.x + at.width / 2;
    const y = at.y + at.height / 2;
    on.fillStyle = TILE;
    on.fillRect(at.x, at.y, at.width, at.height);
    on.fillStyle = avatarColour(tile.id);
    on.beginPath();
    on.arc(x, y, radius, 0, 2 * Math.PI);
    on.fill();
    on.fillStyle = TEXT;
    on.font = `600 ${Math.round(radius * 0.85)}px ${this.#font}`;
    on.textAlign = "center";
    on.textBaseline = "middle";
    on.fillText(initials(tile.name), x, y);
  }

  #label(tile: WorkerTile, at: Rect): void {
    if (tile.name.trim() === "") return;
    const on = this.#above;
    const size = Math.max(12, Math.round(this.#size.height / 24));
    const padding = Math.round(size / 2);
    on.font = `500 ${size}px ${this.#font}`;
    on.textAlign = "left";
    on.textBaseline = "middle";
    const text = shorten(on, tile.name, at.width - 4 * padding);
    const height = size + padding;
    const x = at.x + padding;
    const y = at.y + at.height - height - padding;
    on.fillStyle = LABEL;
    on.beginPath();
    on.roundRect(x, y, on.measureText(text).width + 2 * padding, height, padding / 2);
    on.fill();
    on.fillStyle = TEXT;
    on.fillText(text, x + padding, y + height / 2);
  }

  #ring(at: Rect): void {
    const width = Math.max(3, Math.round(this.#size.height / 90));
    this.#above.strokeStyle = this.#look.brand.accent ?? SPEAKING;
    this.#above.lineWidth = width;
    this.#above.strokeRect(at.x + width / 2, at.y + width / 2, at.width - width, at.height - width);
  }
}
