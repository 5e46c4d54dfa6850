/** Reads a TensorFlow Lite model: a FlatBuffer by the schema of TensorFlow's `schema.fbs`, version 3. */

/** The supported operators, by their number in the schema. */
const OPERATORS: Readonly<Record<number, Operator["kind"]>> = {
  0: "add",
  3: "convolution",
  4: "depthwise",
  6: "dequantize",
  14: "logistic",
  18: "multiply",
  19: "relu",
  23: "resize",
  32: "custom",
  40: "mean",
  117: "hard_swish",
};
const FLOAT32 = 0;
const FLOAT16 = 1;

export interface Tensor {
  readonly shape: readonly number[];
  /** Its data in the file: weights. */
  readonly values: Float32Array | null;
}

export interface Operator {
  readonly kind:
    | "add"
    | "convolution"
    | "custom"
    | "depthwise"
    | "dequantize"
    | "hard_swish"
    | "logistic"
    | "mean"
    | "multiply"
    | "relu"
    | "resize";
  /** The name of a custom operator. */
  readonly name: string;
  readonly inputs: readonly number[];
  readonly output: number;
}

export interface Model {
  readonly tensors: readonly Tensor[];
  /** In the order of execution. */
  readonly operators: readonly Operator[];
  readonly input: number;
  readonly output: number;
}

export class ModelError extends Error {
  override readonly name = "ModelError";
}

/** Throws a `ModelError` for an invalid file, or an unknown operator. */
export function readModel(file: ArrayBuffer): Model {
  try {
    return read(new Table(new DataView(file)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ModelError("The model is truncated or invalid.", { cause: error });
  }
}

function read(model: Table): Model {
  if (model.text(4, 4) !== "TFL3")
    throw new ModelError("This file is not a TensorFlow Lite model.");
  const root = model.root();
  const [graph] = root.tables(2);
  if (!graph) throw new ModelError("The model is empty.");
  const codes = root.tables(1);
  const buffers = root.tables(4);
  const tensors = graph.tables(0).map((tensor) => {
    const data = buffers[tensor.number(2, "Uint32")]?.bytes(0) ?? null;
    const type = tensor.number(1, "Uint8");
    const values = data && data.byteLength > 0 ? decode(data, type) : null;
    return { shape: tensor.integers(0), values };
  });
  const operators = graph.tables(3).map((operator) => {
    const code = codes[operator.number(0, "Uint32")];
    const number = Math.max(code?.number(0, "Uint8") ?? -1, code?.number(3, "Int32") ?? -1);
    const kind = OPERATORS[number];
    if (kind === undefined) throw new ModelError(`The model has an unknown operator: ${number}.`);
    const [output = -1] = operator.integers(2);
    return { kind, name: code?.string(1) ?? "", inputs: operator.integers(1), output };
  });
  const [input = -1] = graph.integers(1);
  const [output = -1] = graph.integers(2);
  return { tensors, operators, input, output };
}

/** Null for other types: sizes and axes, which follow from the shapes. */
function decode(data: DataView, type: number): Float32Array | null {
  if (type === FLOAT32) {
    return Float32Array.from({ length: data.byteLength / 4 }, (_, i) =>
      data.getFloat32(i * 4, true),
    );
  }
  if (type !== FLOAT16) return null;
  return Float32Array.from({ length: data.byteLength / 2 }, (_, i) =>
    half(data.getUint16(i * 2, true)),
  );
}

/** A 16-bit float (IEEE 754). */
export function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** One table of a FlatBuffer: its fields are found by their place in the schema. */
class Table {
  constructor(
    readonly view: DataView,
    readonly at = 0,
  ) {}

  root(): Table {
    return this.#tableAt(this.at);
  }

  number(field: number, type: "Uint8" | "Uint32" | "Int32"): number {
    const at = this.#field(field);
    if (at === null) return 0;
    return type === "Uint8" ? this.view.getUint8(at) : this.view[`get${type}`](at, true);
  }

  integers(field: number): number[] {
    return this.#vector(field, (start, i) => this.view.getInt32(start + i * 4, true));
  }

  tables(field: number): Table[] {
    return this.#vector(field, (start, i) => this.#tableAt(start + i * 4));
  }

  bytes(field: number): DataView | null {
    const at = this.#field(field);
    if (at === null) return null;
    const start = at + this.view.getUint32(at, true);
    const length = this.view.getUint32(start, true);
    return new DataView(this.view.buffer, this.view.byteOffset + start + 4, length);
  }

  string(field: number): string {
    const bytes = this.bytes(field);
    return bytes ? new TextDecoder().decode(bytes) : "";
  }

  text(at: number, length: number): string {
    const bytes = Array.from({ length }, (_, i) => this.view.getUint8(at + i));
    return String.fromCharCode(...bytes);
  }

  #vector<T>(field: number, element: (start: number, index: number) => T): T[] {
    const at = this.#field(field);
    if (at === null) return [];
    const start = at + this.view.getUint32(at, true);
    const length = this.view.getUint32(start, true);
    return Array.from({ length }, (_, i) => element(start + 4, i));
  }

  #tableAt(at: number): Table {
    return new Table(this.view, at + this.view.getUint32(at, true));
  }

  #field(field: number): number | null {
    const vtable = this.at - this.view.getInt32(this.at, true);
    const place = 4 + field * 2;
    if (place >= this.view.getUint16(vtable, true)) return null;
    const offset = this.view.getUint16(vtable + place, true);
    return offset === 0 ? null : this.at + offset;
  }
}
