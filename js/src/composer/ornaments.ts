/** The brand's pictures: its logo, and what is behind everything. */

/** Pixels: more would be scaled down anyway. */
const MOST = 1920;
/** Of a drawing that has no size of its own. */
const USUAL = 512;

/** Null where there is none that this page may read: the broadcast matters more. */
export async function loadPicture(address: string): Promise<ImageBitmap | null> {
  const image = new Image();
  // What a page may not read, it may not send either.
  image.crossOrigin = "anonymous";
  image.src = address;
  try {
    await image.decode();
    const [wide, high] = [image.naturalWidth || USUAL, image.naturalHeight || USUAL];
    const scale = Math.min(1, MOST / Math.max(wide, high));
    const canvas = new OffscreenCanvas(
      Math.max(1, Math.round(wide * scale)),
      Math.max(1, Math.round(high * scale)),
    );
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.transferToImageBitmap();
  } catch {
    return null;
  }
}
