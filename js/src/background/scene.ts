/** For one frame size: segments the person, and replaces the background. */

import type { Kernel } from "./kernel";
import type { Blur } from "./messages";
import type { Network } from "./network";

/** The blur radius in lines of the network's input. Applied three times, which approximates a Gaussian. */
const RADIUS: Readonly<Record<Blur, number>> = { slight: 2, strong: 7 };
const PASSES = 3;
const VECTOR = 16;

/** Three planes of bytes: luma, and chroma of half the size. */
export interface Planes {
  readonly y: number;
  readonly u: number;
  readonly v: number;
}

/** The colour matrix, as in `VideoColorSpace`. */
export interface Colours {
  readonly matrix: string | null;
  readonly fullRange: boolean | null;
}

/** The weights of red and blue, from ITU-R BT.601, BT.709 and BT.2020. */
const MATRICES: Readonly<Record<string, readonly [number, number]>> = {
  bt709: [0.2126, 0.0722],
  "bt2020-ncl": [0.2627, 0.0593],
};
const BT601 = [0.299, 0.114] as const;

export class Scene {
  readonly stride: number;
  readonly chromaStride: number;
  /** The frame: filled before `compose`, which changes it. */
  readonly planes: Planes;
  /** Room for the frame in another format, as captured. */
  readonly raw: number;
  readonly #kernel: Kernel;
  readonly #network: Network;
  readonly #columns: number;
  readonly #rows: number;
  readonly #small: Planes;
  readonly #alpha: number;
  readonly #steady: number;
  /** Upsampled lines of the person's alpha, for luma and for chroma. */
  readonly #wide: { luma: number; chroma: number };
  readonly #backdrop: Planes;
  readonly #weighed: number;
  readonly #smoothed: number;
  #blur: Blur | null = "strong";

  /** Even sizes only. */
  constructor(
    kernel: Kernel,
    network: Network,
    readonly width: number,
    readonly height: number,
  ) {
    this.#kernel = kernel;
    this.#network = network;
    this.stride = Math.ceil(width / 2 / VECTOR) * 2 * VECTOR;
    this.chromaStride = this.stride / 2;
    // The frame is stretched to the network's input: that segments people best.
    [this.#columns, this.#rows] = [network.width, network.height];
    const pixels = this.#columns * this.#rows;
    const planes = (): Planes => {
      const chroma = (height / 2) * this.chromaStride;
      const y = kernel.allocate(height * this.stride + 2 * chroma);
      return { y, u: y + height * this.stride, v: y + height * this.stride + chroma };
    };
    this.planes = planes();
    this.raw = kernel.allocate(width * height * 4);
    const [y, u, v] = [pixels, pixels, pixels].map((size) => kernel.allocate(size));
    this.#small = { y: y ?? 0, u: u ?? 0, v: v ?? 0 };
    this.#alpha = kernel.allocate(pixels);
    this.#steady = kernel.allocate(pixels * 4);
    kernel.floats(this.#steady, pixels).fill(0);
    const lines = Math.max(this.#rows, height);
    this.#wide = {
      luma: kernel.allocate(this.#rows * this.stride),
      chroma: kernel.allocate(this.#rows * this.chromaStride),
    };
    this.#backdrop = {
      y: kernel.allocate(lines * this.stride),
      u: kernel.allocate(lines * this.chromaStride),
      v: kernel.allocate(lines * this.chromaStride),
    };
    this.#weighed = kernel.allocate(pixels * VECTOR);
    this.#smoothed = kernel.allocate(pixels * VECTOR);
  }

  /** Blurs the background. */
  blur(strength: Blur): void {
    this.#blur = strength;
  }

  /** Sets a background image of the scene's size, in RGBA. */
  replace(rgba: Uint8ClampedArray, colours: Colours): void {
    this.#kernel.bytes(this.raw, rgba.length).set(rgba);
    this.fromRgba(this.raw, 0, colours, this.#backdrop);
    this.#blur = null;
  }

  /** RGBA (`red` is 0) or BGRA (`red` is 2). */
  fromRgba(from: number, red: number, { matrix, fullRange }: Colours, to = this.planes): void {
    const { width, height, stride, chromaStride } = this;
    const [kr, kb] = MATRICES[matrix ?? ""] ?? BT601;
    const full = fullRange ? 1 : 0;
    this.#kernel.call.fromRgba(
      ...([from, width, height, red, kr, kb, full] as const),
      ...([to.y, stride, to.u, to.v, chromaStride] as const),
    );
  }

  /** Interleaved chroma. */
  split(from: number): void {
    const { u, v } = this.planes;
    this.#kernel.call.split(from, this.width / 2, this.height / 2, u, v, this.chromaStride);
  }

  compose(): void {
    this.#findPerson();
    if (this.#blur) this.#blurBackdrop(RADIUS[this.#blur]);
    const { call } = this.#kernel;
    const { stride, chromaStride, planes, height } = this;
    const wide = this.#wide;
    const [columns, rows, whole] = [this.#columns, this.#rows, this.#blur ? 0 : 1];
    call.widen(this.#alpha, columns, rows, wide.luma, this.width, stride);
    call.widen(this.#alpha, columns, rows, wide.chroma, this.width / 2, chromaStride);
    const behind = this.#backdrop;
    call.blend(planes.y, stride, height, wide.luma, behind.y, rows, whole);
    call.blend(planes.u, chromaStride, height / 2, wide.chroma, behind.u, rows, whole);
    call.blend(planes.v, chromaStride, height / 2, wide.chroma, behind.v, rows, whole);
  }

  #findPerson(): void {
    const { call } = this.#kernel;
    const { planes, width, height } = this;
    const [small, columns, rows] = [this.#small, this.#columns, this.#rows];
    const network = this.#network;
    call.shrink(planes.y, this.stride, width, height, small.y, columns, rows);
    call.shrink(planes.u, this.chromaStride, width / 2, height / 2, small.u, columns, rows);
    call.shrink(planes.v, this.chromaStride, width / 2, height / 2, small.v, columns, rows);
    call.toInput(small.y, small.u, small.v, columns * rows, network.input);
    network.run();
    call.alphas(network.output, columns * rows, this.#steady, this.#alpha);
  }

  #blurBackdrop(radius: number): void {
    const { call } = this.#kernel;
    const [small, behind, columns, rows] = [this.#small, this.#backdrop, this.#columns, this.#rows];
    const pixels = columns * rows;
    // As wide as it is high in the original frame.
    const across = Math.round((radius * columns * this.height) / (rows * this.width));
    const [from, to] = [this.#weighed, this.#smoothed];
    call.weigh(this.#alpha, small.y, small.u, small.v, pixels, from);
    for (let pass = 0; pass < PASSES; pass += 1) {
      call.smooth(from, rows, columns, columns, 1, across, to);
      call.smooth(to, columns, 1, rows, columns, radius, from);
    }
    call.unweigh(from, pixels, small.y, small.u, small.v);
    call.widen(small.y, columns, rows, behind.y, this.width, this.stride);
    call.widen(small.u, columns, rows, behind.u, this.width / 2, this.chromaStride);
    call.widen(small.v, columns, rows, behind.v, this.width / 2, this.chromaStride);
  }
}
