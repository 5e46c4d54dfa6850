/** The virtual backgrounds, and their images. */

import type { Backdrop } from "../../background/messages";
import { RefusedError } from "../../shared/refused-error";
import { drawing, SCENES, type SceneName } from "./background-scenes";

/** The blurs have the engine API's names; `own` is the user's own image. */
export type BackgroundChoice = "none" | "slight-blur" | "blur" | "own" | SceneName;

export const BLURS = ["slight-blur", "blur"] as const satisfies readonly BackgroundChoice[];
const STRENGTHS = { "slight-blur": "slight", blur: "strong" } as const;
const CHOICES: readonly string[] = ["none", ...BLURS, "own", ...SCENES];

/** The largest stored size of a user's image: that of a camera frame. */
const WIDTH = 1280;
const HEIGHT = 720;
const QUALITY = 0.85;

/** Restores a stored choice; if its image is gone, the room stays hidden. */
export function choiceOf(known: string | null, own: string | null): BackgroundChoice {
  if (known === null || !CHOICES.includes(known)) return "none";
  return known === "own" && own === null ? "blur" : (known as BackgroundChoice);
}

/** Rejects if the image cannot be read. */
export async function backdropOf(
  choice: Exclude<BackgroundChoice, "none">,
  own: string | null,
): Promise<Backdrop> {
  if (choice === "blur" || choice === "slight-blur") {
    return { kind: "blur", strength: STRENGTHS[choice] };
  }
  const picture = await decoded(choice === "own" ? (own ?? "") : drawing(choice));
  return { kind: "picture", picture: await createImageBitmap(picture) };
}

/** Scales an image for storage, to at most a camera frame. Rejects if the file is not an image. */
export async function ownPicture(source: Blob | string): Promise<string> {
  const address = typeof source === "string" ? source : URL.createObjectURL(source);
  try {
    const picture = await decoded(address);
    const scale = Math.min(
      1,
      Math.max(WIDTH / picture.naturalWidth, HEIGHT / picture.naturalHeight),
    );
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.naturalWidth * scale);
    canvas.height = Math.round(picture.naturalHeight * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", QUALITY);
  } finally {
    if (typeof source !== "string") URL.revokeObjectURL(address);
  }
}

async function decoded(address: string): Promise<HTMLImageElement> {
  const picture = new Image();
  picture.src = address;
  const shown = await picture.decode().then(
    () => picture.naturalWidth > 0,
    () => false,
  );
  if (shown) return picture;
  throw new RefusedError("picture_unreadable", "The background is not a picture.");
}
