// @vitest-environment node
import { beforeAll, expect, test } from "vitest";
import { compile, network } from "../../wasm/compile.mjs";
import { Kernel } from "./kernel";
import { Network } from "./network";
import { person } from "./person";
import { type Colours, Scene } from "./scene";
import { readModel } from "./tflite";

const SD: Colours = { matrix: "smpte170m", fullRange: false };
/** Camera sizes: wide, narrow, portrait, tiny, and widths that are not a multiple of a vector. */
const SIZES = [
  [640, 360],
  [1280, 720],
  [640, 480],
  [360, 640],
  [330, 186],
  [1918, 1078],
] as const;

let kernel: Kernel;
let segmenter: Network;
let mark: number;

beforeAll(async () => {
  kernel = await Kernel.load(await compile("background"));
  const published = network();
  const { buffer, byteOffset, byteLength } = published;
  segmenter = new Network(kernel, readModel(buffer.slice(byteOffset, byteOffset + byteLength)));
  mark = kernel.mark;
}, 60_000);

/** A person beside a chessboard. */
function camera(width: number, height: number): Scene {
  kernel.release(mark);
  const scene = new Scene(kernel, segmenter, width, height);
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  const field = Math.max(2, Math.round(height / 30));
  const shown = Math.min(width, height);
  const left = Math.floor((width - shown) / 2);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const light = (Math.floor(x / field) + Math.floor(y / field)) % 2 ? 235 : 20;
      rgba.fill(light, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  // The middle 36 of the image's 64 columns show the person.
  const full = Math.round((shown * 64) / 36);
  const rows = Math.min(height, shown);
  person(full, rows, (pixel, colour, value) => {
    const [x, y] = [(pixel % full) - Math.floor((full - shown) / 2), Math.floor(pixel / full)];
    if (x < 0 || x >= shown) return;
    rgba[((y + height - rows) * width + x + left) * 4 + colour] = value;
  });
  kernel.bytes(scene.raw, rgba.length).set(rgba);
  scene.fromRgba(scene.raw, 0, SD);
  return scene;
}

/** The mean luma of a part of the frame, and its variation. */
function look(scene: Scene, x: number, y: number, width: number, height: number) {
  const plane = kernel.bytes(scene.planes.y, scene.stride * scene.height);
  let [sum, square] = [0, 0];
  for (let row = y; row < y + height; row += 1) {
    for (let column = x; column < x + width; column += 1) {
      const light = plane[row * scene.stride + column] ?? 0;
      sum += light;
      square += light * light;
    }
  }
  const mean = sum / (width * height);
  return { mean, contrast: Math.sqrt(Math.max(0, square / (width * height) - mean * mean)) };
}

/** The room left of the person or above, wherever there is more. */
function room(scene: Scene) {
  const { width, height } = scene;
  if (width < height) return look(scene, 8, 8, width - 16, Math.floor((height - width) / 3));
  const beside = Math.floor((width - height) / 2);
  return look(scene, 4, 4, Math.floor(beside / 2), height - 8);
}

/** A part well inside the suit. */
function suit(scene: Scene) {
  const { width, height } = scene;
  const side = Math.min(width, height);
  const [x, y] = [Math.round(width / 2 - side * 0.12), Math.round(height - side * 0.4)];
  return look(scene, x, y, Math.round(side * 0.2), Math.round(side * 0.2));
}

test.each(SIZES)("at %i by %i only the room is blurred", (width, height) => {
  const scene = camera(width, height);
  const before = { room: room(scene), suit: suit(scene) };
  expect(before.room.contrast).toBeGreaterThan(60);
  for (const strength of ["slight", "strong"] as const) {
    scene.blur(strength);
    const again = camera(width, height);
    again.blur(strength);
    again.compose();
    expect(room(again).contrast).toBeLessThan(15);
    expect(Math.abs(room(again).mean - before.room.mean)).toBeLessThan(12);
    expect(suit(again).contrast).toBeGreaterThan(before.suit.contrast * 0.9);
  }
});

test.each(SIZES)("at %i by %i an image replaces the room", (width, height) => {
  const scene = camera(width, height);
  const before = suit(scene);
  const picture = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < picture.length; i += 4) picture.set([0, 200, 0], i);
  scene.replace(picture, SD);
  scene.compose();
  // BT.601 in limited range: 16 + 219 * 0.587 * 200 / 255.
  expect(Math.abs(room(scene).mean - 116.8)).toBeLessThan(2);
  expect(room(scene).contrast).toBeLessThan(6);
  expect(Math.abs(suit(scene).mean - before.mean)).toBeLessThan(2);
});

test("no colour of the person leaks into the blurred room", () => {
  // The wall is plain grey: any other colour comes from the person.
  const scene = camera(640, 360);
  const plane = kernel.bytes(scene.planes.y, scene.stride * scene.height);
  for (let y = 0; y < 360; y += 1) {
    plane.fill(120, y * scene.stride, y * scene.stride + 140);
  }
  scene.blur("strong");
  scene.compose();
  expect(look(scene, 0, 0, 100, 360).contrast).toBeLessThan(4);
});

test.each([
  ["bt709", false, [0.2126, 0.0722], 219, 16],
  ["bt709", true, [0.2126, 0.0722], 255, 0],
  ["smpte170m", false, [0.299, 0.114], 219, 16],
  [null, null, [0.299, 0.114], 219, 16],
] as const)(
  "colours become luma by %s, full range %s",
  (matrix, fullRange, [kr, kb], most, black) => {
    kernel.release(mark);
    const scene = new Scene(kernel, segmenter, 32, 32);
    for (const [red, order] of [
      [0, [200, 100, 30]],
      [2, [30, 100, 200]],
    ] as const) {
      const bytes = kernel.bytes(scene.raw, 32 * 32 * 4);
      for (let i = 0; i < bytes.length; i += 4) bytes.set([...order, 255], i);
      scene.fromRgba(scene.raw, red, { matrix, fullRange });
      const light = kr * 200 + (1 - kr - kb) * 100 + kb * 30;
      expect(
        Math.abs(look(scene, 0, 0, 32, 32).mean - (black + (light * most) / 255)),
      ).toBeLessThan(1);
      const chroma = ((most === 255 ? 255 : 224) / 255) * 0.5;
      const [u] = kernel.bytes(scene.planes.u, 1);
      const [v] = kernel.bytes(scene.planes.v, 1);
      expect(Math.abs((u ?? 0) - (128 + (chroma * (30 - light)) / (1 - kb)))).toBeLessThan(1.5);
      expect(Math.abs((v ?? 0) - (128 + (chroma * (200 - light)) / (1 - kr)))).toBeLessThan(1.5);
    }
  },
);

test("interleaved chroma is split", () => {
  kernel.release(mark);
  const scene = new Scene(kernel, segmenter, 64, 32);
  kernel
    .bytes(scene.raw, 32 * 32)
    .set(Array.from({ length: 1024 }, (_, i) => (i % 2 ? 7 : i % 200)));
  scene.split(scene.raw);
  const line = kernel.bytes(scene.planes.u, scene.chromaStride * 2);
  expect([...line.slice(0, 4)]).toEqual([0, 2, 4, 6]);
  expect(line[scene.chromaStride]).toBe(64);
  expect(kernel.bytes(scene.planes.v, 1)[0]).toBe(7);
});
