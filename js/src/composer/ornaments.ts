/** The brand's images: logo and background. */

/** Pixels: a larger image would be scaled down anyway. */
const MOST = 1920;
/** The size of an SVG without one. */
const USUAL = 512;

/** Returns null if the page may not read it: the broadcast matters more. */
export async function loadPicture(address: string): Promise<ImageBitmap | null> {
  const image = new Image();
  // A page cannot encode an image that it may not read.
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
