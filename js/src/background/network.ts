/** Runs a segmentation network with the kernel's functions. */

import type { Kernel } from "./kernel";
import { type Model, ModelError, type Operator, type Tensor } from "./tflite";

const NO_ACTIVATION = 0;
const ACTIVATIONS: Partial<Record<Operator["kind"], number>> = { relu: 1, hard_swish: 2 };
const TRANSPOSED = "Convolution2DTransposeBias";
const FLOAT = 4;

interface Shape {
  height: number;
  width: number;
  channels: number;
  pixels: number;
  size: number;
}

/** A network ready to run: fill its input, call `run`, and read its output. */
export class Network {
  readonly input: number;
  readonly output: number;
  readonly width: number;
  readonly height: number;
  readonly #steps: readonly (() => void)[];

  constructor(kernel: Kernel, model: Model) {
    const plan = new Plan(kernel, model);
    this.#steps = plan.steps;
    this.input = plan.address(model.input);
    this.output = plan.address(model.output);
    ({ width: this.width, height: this.height } = plan.shape(model.input));
  }

  run(): void {
    for (const step of this.#steps) step();
  }
}

class Plan {
  readonly steps: (() => void)[] = [];
  readonly #kernel: Kernel;
  readonly #model: Model;
  readonly #addresses = new Map<number, number>();
  readonly #weights = new Map<number, Float32Array>();
  /** The last operator that reads each tensor. */
  readonly #last = new Map<number, number>();
  /** The capacity of a tensor's memory in floats, where it exceeds the tensor. */
  readonly #sizes = new Map<number, number>();
  /** Free memory of tensors that no later operator reads. */
  readonly #unused: { at: number; size: number }[] = [];

  constructor(kernel: Kernel, model: Model) {
    this.#kernel = kernel;
    this.#model = model;
    const { operators } = model;
    for (const [index, { inputs }] of operators.entries()) {
      for (const input of inputs) this.#last.set(input, index);
    }
    this.#last.set(model.output, operators.length);
    this.#provide(model.input);
    for (let index = 0; index < operators.length; index += 1) {
      const operator = operators[index] as Operator;
      // Fuse an operator that follows only a convolution into it.
      const next = operators[index + 1];
      const activation = this.#activation(operator, index, next);
      const output = activation && next ? next.output : operator.output;
      this.#add(operator, output, activation ?? NO_ACTIVATION);
      if (activation) index += 1;
      for (const input of operator.inputs)
        if ((this.#last.get(input) ?? 0) <= index) this.#release(input);
    }
  }

  address(tensor: number): number {
    const at = this.#addresses.get(tensor);
    if (at === undefined) throw new ModelError(`The model reads tensor ${tensor} too early.`);
    return at;
  }

  /** For images, and for vectors, which are one pixel. */
  shape(tensor: number): Shape {
    const { shape } = this.#tensor(tensor);
    const [height = 1, width = 1, channels = 1] = shape.slice(-3);
    return { height, width, channels, pixels: height * width, size: height * width * channels };
  }

  #tensor(tensor: number): Tensor {
    const found = this.#model.tensors[tensor];
    if (!found) throw new ModelError(`The model has no tensor ${tensor}.`);
    return found;
  }

  #activation({ kind, output }: Operator, index: number, next?: Operator): number | undefined {
    const alone = this.#last.get(output) === index + 1 && next?.inputs[0] === output;
    const convolves = kind === "convolution" || kind === "depthwise";
    return alone && next && convolves ? ACTIVATIONS[next.kind] : undefined;
  }

  #add({ kind, name, inputs }: Operator, output: number, activation: number): void {
    const { call } = this.#kernel;
    const [first = -1, second = -1, third = -1] = inputs;
    if (kind === "dequantize") {
      this.#weights.set(output, this.#values(first));
      return;
    }
    const from = this.shape(first);
    const to = this.shape(output);
    if (kind === "convolution") {
      const kernel = this.#tensor(second).shape[1] ?? 1;
      const weights = this.#kernel.place(this.#outputsInnermost(second));
      const bias = this.#constant(third);
      const at = this.address(first);
      let [input, channels] = [at, from.channels];
      if (kernel === 3) {
        channels *= 9;
        input = this.#kernel.allocate(to.pixels * channels * FLOAT);
        const columns = input;
        this.steps.push(() =>
          call.neighbourhoods(at, from.height, from.width, from.channels, columns),
        );
      } else if (kernel !== 1) throw new ModelError(`No convolution of ${kernel} is known.`);
      const result = this.#provide(output);
      this.steps.push(() =>
        call.dense(input, to.pixels, channels, weights, bias, to.channels, result, activation),
      );
      return;
    }
    if (kind === "depthwise") {
      const kernel = this.#tensor(second).shape[1] ?? 1;
      const [weights, bias] = [this.#constant(second), this.#constant(third)];
      const stride = Math.round(from.height / to.height);
      const [input, result] = [this.address(first), this.#provide(output)];
      const { height, width, channels } = from;
      this.steps.push(() =>
        call.depthwise(
          ...([input, height, width, channels, weights, bias, kernel, stride] as const),
          ...([result, activation] as const),
        ),
      );
      return;
    }
    if (kind === "custom") {
      if (name !== TRANSPOSED) throw new ModelError(`The model has an unknown operator: ${name}.`);
      const [weights, bias] = [this.#constant(second), this.#constant(third)];
      const [input, result] = [this.address(first), this.#provide(output)];
      this.steps.push(() =>
        call.spread(input, from.height, from.width, from.channels, weights, bias, result),
      );
      return;
    }
    const [input, other, result] = [
      this.address(first),
      kind === "add" || kind === "multiply" ? this.address(second) : 0,
      this.#provide(output),
    ];
    const { height, width, channels, pixels, size } = from;
    const simple: Partial<Record<Operator["kind"], () => void>> = {
      add: () => call.add(input, other, size, result),
      multiply: () => call.scale(input, pixels, channels, other, result),
      relu: () => call.relu(input, size, result),
      logistic: () => call.logistic(input, size, result),
      mean: () => call.mean(input, pixels, channels, result),
      resize: () => call.enlarge(input, height, width, channels, result),
    };
    const step = simple[kind];
    if (!step) throw new ModelError(`The model has ${kind} where none is known.`);
    this.steps.push(step);
  }

  #values(tensor: number): Float32Array {
    const values = this.#weights.get(tensor) ?? this.#tensor(tensor).values;
    if (!values) throw new ModelError(`The model has no values for tensor ${tensor}.`);
    return values;
  }

  #constant(tensor: number): number {
    return this.#kernel.place(this.#values(tensor));
  }

  #outputsInnermost(tensor: number): Float32Array {
    const values = this.#values(tensor);
    const outputs = this.#tensor(tensor).shape[0] ?? 1;
    const inputs = values.length / outputs;
    return values.map((_, i) => values[(i % outputs) * inputs + Math.floor(i / outputs)] ?? 0);
  }

  /**
   * Allocates a tensor, reusing the memory of one that no operator reads any more if it is large
   * enough.
   */
  #provide(tensor: number): number {
    const { size } = this.shape(tensor);
    const fitting = this.#unused.findIndex((one) => one.size >= size && one.size <= size * 2);
    const [reused] = fitting < 0 ? [] : this.#unused.splice(fitting, 1);
    const at = reused?.at ?? this.#kernel.allocate(size * FLOAT);
    this.#addresses.set(tensor, at);
    if (reused) this.#sizes.set(tensor, reused.size);
    return at;
  }

  #release(tensor: number): void {
    const at = this.#addresses.get(tensor);
    if (at === undefined || tensor === this.#model.input || tensor === this.#model.output) return;
    this.#unused.push({ at, size: this.#sizes.get(tensor) ?? this.shape(tensor).size });
  }
}
