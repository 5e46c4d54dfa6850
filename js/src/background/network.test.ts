// @vitest-environment node
import { beforeAll, expect, test } from "vitest";
import { compile, network } from "../../wasm/compile.mjs";
import { Kernel } from "./kernel";
import { Network } from "./network";
import { person } from "./person";
import { type Model, ModelError, readModel } from "./tflite";

const published = network();
const file = published.buffer.slice(
  published.byteOffset,
  published.byteOffset + published.byteLength,
);

/**
 * The result of TensorFlow Lite itself (ai-edge-litert 2.1) for the same image: the share of the
 * person in each of 16 by 9 cells, in ten-thousandths.
 */
const FOUND = [
  [0, 0, 0, 4327, 3257, 0, 2513, 7946, 3317, 0, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 5033, 5561, 0, 7921, 10000, 7742, 0, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 4423, 6238, 248, 6247, 10000, 3709, 0, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 4750, 8801, 6327, 9792, 10000, 5514, 154, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 5026, 7790, 10000, 10000, 10000, 10000, 5079, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 3859, 10000, 10000, 10000, 10000, 10000, 9316, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 2613, 10000, 10000, 10000, 10000, 9623, 5307, 306, 558, 0, 0, 0, 0],
  [0, 0, 0, 5374, 10000, 10000, 10000, 9948, 7645, 181, 654, 1140, 27, 0, 0, 0],
  [0, 0, 0, 4438, 10000, 9996, 9961, 9731, 5080, 3213, 3017, 2247, 1, 0, 0, 0],
];

let kernel: Kernel;
let model: Model;

beforeAll(async () => {
  kernel = await Kernel.load(await compile("background"));
  model = readModel(file);
}, 60_000);

test("segmentation matches TensorFlow Lite", () => {
  const found = new Network(kernel, model);
  const input = kernel.floats(found.input, found.width * found.height * 3);
  person(found.width, found.height, (pixel, colour, value) => {
    input[pixel * 3 + colour] = value / 255;
  });
  // Later layers reuse memory: the result must be the same each time.
  for (let turn = 0; turn < 3; turn += 1) {
    found.run();
    const output = kernel.floats(found.output, found.width * found.height);
    for (const [row, line] of FOUND.entries()) {
      for (const [column, wanted] of line.entries()) {
        let sum = 0;
        for (let y = 0; y < 16; y += 1) {
          for (let x = 0; x < 16; x += 1) {
            sum += output[(row * 16 + y) * found.width + column * 16 + x] ?? 0;
          }
        }
        expect(Math.abs(sum / 256 - wanted / 10_000)).toBeLessThan(0.0005);
      }
    }
  }
});

test("an invalid or truncated model is refused", () => {
  expect(() => readModel(new ArrayBuffer(64))).toThrow(ModelError);
  expect(() => readModel(new ArrayBuffer(2))).toThrow(ModelError);
  for (const length of [100, 5_000, 100_000, file.byteLength - 1_000]) {
    expect(() => readModel(file.slice(0, length))).toThrow(ModelError);
  }
});

test("a model with an unknown layer is refused before it runs", () => {
  const operators = model.operators.map((one) =>
    one.kind === "custom" ? { ...one, name: "Unheard" } : one,
  );
  expect(() => new Network(kernel, { ...model, operators })).toThrow("unknown operator: Unheard");
});
