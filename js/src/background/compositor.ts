/** Replaces the background of camera frames. */

import type { Kernel } from "./kernel";
import type { Backdrop } from "./messages";
import type { Network } from "./network";
import { type Colours, Scene } from "./scene";

type Layout = PlaneLayout[];

export class Compositor {
  readonly #kernel: Kernel;
  readonly #network: Network;
  /** The address where a frame size's memory starts. */
  readonly #mark: number;
  #scene: Scene | null = null;
  #backdrop: Backdrop;
  /** The image that the current backdrop was made from. */
  #prepared = "";

  constructor(kernel: Kernel, network: Network, backdrop: Backdrop) {
    this.#kernel = kernel;
    this.#network = network;
    this.#backdrop = backdrop;
    this.#mark = kernel.mark;
  }

  set backdrop(backdrop: Backdrop) {
    if (this.#backdrop.kind === "picture") this.#backdrop.picture.close();
    this.#backdrop = backdrop;
    this.#prepared = "";
  }

  /** The caller closes both frames. Rejects if it cannot read a frame: then nothing is sent. */
  async compose(frame: VideoFrame): Promise<VideoFrame> {
    const scene = this.#sceneFor(frame);
    this.#prepare(scene, frame.colorSpace);
    await this.#read(frame, scene);
    scene.compose();
    const { stride, chromaStride, planes, width, height } = scene;
    const size = height * (stride + chromaStride);
    return new VideoFrame(this.#kernel.bytes(planes.y, size), {
      format: "I420",
      codedWidth: width,
      codedHeight: height,
      timestamp: frame.timestamp,
      ...(frame.duration !== null && { duration: frame.duration }),
      layout: planesOf(scene, 0),
      colorSpace: frame.colorSpace.toJSON(),
      ...turned(frame),
    });
  }

  #sceneFor(frame: VideoFrame): Scene {
    const { width, height } = shown(frame);
    if (this.#scene?.width === width && this.#scene.height === height) return this.#scene;
    this.#kernel.release(this.#mark);
    this.#scene = new Scene(this.#kernel, this.#network, width, height);
    this.#prepared = "";
    return this.#scene;
  }

  #prepare(scene: Scene, colours: Colours): void {
    const backdrop = this.#backdrop;
    if (backdrop.kind === "blur") {
      scene.blur(backdrop.strength);
      return;
    }
    const wanted = `${colours.matrix} ${colours.fullRange}`;
    if (this.#prepared === wanted) return;
    scene.replace(covering(backdrop.picture, scene.width, scene.height), colours);
    this.#prepared = wanted;
  }

  async #read(frame: VideoFrame, scene: Scene): Promise<void> {
    const { width, height, stride, planes, raw } = scene;
    const rect = shown(frame);
    const { format } = frame;
    if (format === "I420") {
      const whole = height * (stride + scene.chromaStride);
      await frame.copyTo(this.#kernel.bytes(planes.y, whole), { rect, layout: planesOf(scene, 0) });
    } else if (format === "NV12") {
      const room = this.#kernel.bytes(planes.y, raw + width * height * 4 - planes.y);
      const layout: Layout = [
        { offset: 0, stride },
        { offset: raw - planes.y, stride: width },
      ];
      await frame.copyTo(room, { rect, layout });
      scene.split(raw);
    } else {
      const blueFirst = format === "BGRA" || format === "BGRX";
      const layout: Layout = [{ offset: 0, stride: width * 4 }];
      // The browser converts other formats.
      const convert = blueFirst ? {} : ({ format: "RGBA" } as VideoFrameCopyToOptions);
      const room = this.#kernel.bytes(raw, width * height * 4);
      await frame.copyTo(room, { rect, layout, ...convert });
      scene.fromRgba(raw, blueFirst ? 2 : 0, frame.colorSpace);
    }
  }
}

function planesOf({ height, stride, chromaStride }: Scene, offset: number): Layout {
  const u = offset + height * stride;
  return [
    { offset, stride },
    { offset: u, stride: chromaStride },
    { offset: u + (height / 2) * chromaStride, stride: chromaStride },
  ];
}

/** The visible part of a frame, with even sizes: chroma has half as many lines. */
function shown({ visibleRect, codedWidth, codedHeight }: VideoFrame): DOMRectInit & {
  width: number;
  height: number;
} {
  const { x, y, width, height } = visibleRect ?? new DOMRect(0, 0, codedWidth, codedHeight);
  return { x: x & ~1, y: y & ~1, width: width & ~1, height: height & ~1 };
}

/** The phone's orientation, if the browser reports it with the frame (WebCodecs). */
function turned(frame: VideoFrame): object {
  const { rotation, flip } = frame as VideoFrame & { rotation?: number; flip?: boolean };
  return { ...(rotation && { rotation }), ...(flip && { flip }) };
}

/** The pixels of an image scaled to fill this size, cropped evenly. */
function covering(picture: ImageBitmap, width: number, height: number): Uint8ClampedArray {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser has no 2D canvas");
  const scale = Math.max(width / picture.width, height / picture.height);
  const [w, h] = [picture.width * scale, picture.height * scale];
  context.imageSmoothingQuality = "high";
  // Transparent pixels become black.
  context.drawImage(picture, (width - w) / 2, (height - h) / 2, w, h);
  return context.getImageData(0, 0, width, height).data;
}
