/** The arithmetic of the background, compiled from `wasm/background.ts`, and its memory. */

const PAGE = 65_536;
/** Alignment in bytes: the size of a vector register. */
const ALIGNMENT = 16;

type Call<N extends number, A extends number[] = []> = A["length"] extends N
  ? (...numbers: A) => void
  : Call<N, [...A, number]>;

/** What `wasm/background.ts` exports: every argument is a number or an address. */
interface Functions {
  base(): number;
  dense: Call<8>;
  neighbourhoods: Call<5>;
  depthwise: Call<10>;
  mean: Call<4>;
  scale: Call<5>;
  add: Call<4>;
  relu: Call<3>;
  logistic: Call<3>;
  enlarge: Call<5>;
  spread: Call<7>;
  split: Call<6>;
  fromRgba: Call<12>;
  shrink: Call<7>;
  toInput: Call<5>;
  alphas: Call<4>;
  weigh: Call<6>;
  smooth: Call<7>;
  unweigh: Call<5>;
  widen: Call<6>;
  blend: Call<7>;
}

export class Kernel {
  readonly call: Functions;
  readonly #memory: WebAssembly.Memory;
  #free: number;

  private constructor(instance: WebAssembly.Instance) {
    this.call = instance.exports as unknown as Functions;
    this.#memory = instance.exports.memory as WebAssembly.Memory;
    this.#free = this.call.base();
  }

  /** Rejects with the browser's own error if it lacks WebAssembly or SIMD. */
  static async load(code: BufferSource): Promise<Kernel> {
    // No imports: asc needs "abort" only in modules that allocate memory.
    const { instance } = await WebAssembly.instantiate(code, {});
    return new Kernel(instance);
  }

  /** The start of free memory, to which `release` returns. */
  get mark(): number {
    return this.#free;
  }

  release(mark: number): void {
    this.#free = mark;
  }

  /** Allocates `bytes` and returns their address; they are not cleared. */
  allocate(bytes: number): number {
    const at = Math.ceil(this.#free / ALIGNMENT) * ALIGNMENT;
    this.#free = at + bytes;
    const missing = this.#free - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  /** A view of the memory, valid until the next allocation. */
  bytes(at: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer, at, length);
  }

  floats(at: number, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#memory.buffer, at, length);
  }

  place(values: Float32Array): number {
    const at = this.allocate(values.byteLength);
    this.floats(at, values.length).set(values);
    return at;
  }
}
