/**
 * The profile picture, redrawn as a small square without the photo's metadata, such as place and
 * camera. Others receive these bytes, not a URL: with a URL each of them would load it from a host
 * that they did not choose and that would learn who looks, and when.
 */

import { invalid } from "../../shared/arguments";
import { LIMITS } from "../../shared/protocol";
import { RefusedError } from "../../shared/refused-error";

/** The largest picture that is loaded, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;
const LOAD_TIMEOUT = 10_000;
/** Side lengths in pixels: the first one that is small enough in bytes is used. */
const SIDES = [192, 128, 96, 64, 32];
const QUALITY = 0.85;
const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const DATA = /^data:(image\/(?:png|jpeg|webp|gif));base64,([A-Za-z0-9+/]+={0,2})$/;

/** What a picture may be, and where it may come from. */
const RULE =
  "is an address that begins with data:image/png, jpeg, webp or gif and has its bytes in base64, or with https:// or http://";

/** Returns the picture at a URL, redrawn for others, as a data: URL. */
export async function pictureOf(address: string): Promise<string> {
  return drawn(address.startsWith("data:") ? unpacked(address) : await loaded(address));
}

/** Returns a picture, redrawn for others, as a data: URL. */
export async function drawn(picture: Blob): Promise<string> {
  const bitmap = await createImageBitmap(picture).catch(() => null);
  if (!bitmap) throw invalid("The avatar", "cannot be opened as an image by this browser");
  try {
    for (const side of SIDES) {
      const url = square(bitmap, side);
      if (url.length <= LIMITS.avatar) return url;
    }
  } finally {
    bitmap.close();
  }
  throw invalid("The avatar", "has too much in it to be made small");
}

/**
 * The centre square of a picture, scaled to `side`. Browsers that cannot write WebP write PNG
 * instead.
 */
function square(bitmap: ImageBitmap, side: number): string {
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const edge = Math.min(bitmap.width, bitmap.height);
  const [left, top] = [(bitmap.width - edge) / 2, (bitmap.height - edge) / 2];
  const pen = canvas.getContext("2d");
  if (pen) pen.imageSmoothingQuality = "high";
  pen?.drawImage(bitmap, left, top, edge, edge, 0, 0, side, side);
  return canvas.toDataURL("image/webp", QUALITY);
}

function unpacked(address: string): Blob {
  const [, type, encoded] = DATA.exec(address) ?? [];
  if (!type || !encoded) throw invalid("The avatar", RULE);
  if ((encoded.length * 3) / 4 > MAX_BYTES) throw tooLarge();
  try {
    const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
    return new Blob([bytes], { type });
  } catch {
    throw invalid("The avatar", RULE);
  }
}

/** Only this browser requests it, and without cookies: the embedding page chose the URL. */
async function loaded(address: string): Promise<Blob> {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) throw invalid("The avatar", RULE);
  const signal = AbortSignal.timeout(LOAD_TIMEOUT);
  try {
    const response = await fetch(address, {
      signal,
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    const type = response.headers.get("content-type")?.split(";", 1)[0]?.trim() ?? "";
    if (!response.ok || !TYPES.includes(type)) throw notLoaded();
    return new Blob(await parts(response), { type });
  } catch (error) {
    throw error instanceof RefusedError ? error : notLoaded();
  }
}

/** Reads the response up to the size limit. */
async function parts(response: Response): Promise<Uint8Array<ArrayBuffer>[]> {
  const reader = response.body?.getReader();
  const found: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    size += part.value.length;
    if (size > MAX_BYTES) {
      void reader?.cancel();
      throw tooLarge();
    }
    found.push(part.value);
  }
  return found;
}

function tooLarge(): RefusedError {
  return invalid("The avatar", `has to have at most ${MAX_BYTES / 1024 / 1024} MiB`);
}

function notLoaded(): RefusedError {
  return new RefusedError(
    "no_picture",
    "The avatar cannot be loaded: its server has to send a PNG, JPEG, WebP or GIF with Access-Control-Allow-Origin. Give a data: address instead.",
  );
}
