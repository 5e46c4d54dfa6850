/**
 * The arithmetic of the background, in AssemblyScript: `asc` makes `background.wasm` of it.
 *
 * Nothing is allocated here. Each function works on addresses that `src/background/kernel.ts` hands out;
 * numbers of a network are 32-bit floats with the channels innermost, as TensorFlow Lite has them, and
 * every count of channels but the picture's own three is a multiple of 8.
 */

/** What follows a layer: nothing, `relu`, or `hard swish`. */
const RELU = 1;
const HARD_SWISH = 2;
/** An alpha of one. Products with a difference of bytes fit into 16 bits. */
const OPAQUE: f32 = 128;
const SHIFT = 7;

/** Where free memory begins. */
export function base(): usize {
  return __heap_base;
}

// @ts-ignore: decorators
@inline
function activate(x: v128, activation: i32): v128 {
  const zero = f32x4.splat(0);
  if (activation == RELU) return f32x4.max(x, zero);
  if (activation != HARD_SWISH) return x;
  const six = f32x4.min(f32x4.max(f32x4.add(x, f32x4.splat(3)), zero), f32x4.splat(6));
  return f32x4.mul(x, f32x4.mul(six, f32x4.splat(1.0 / 6.0)));
}

/** A convolution of one pixel: `weights` has the outputs innermost. */
export function dense(
  input: usize,
  pixels: i32,
  inputs: i32,
  weights: usize,
  bias: usize,
  outputs: i32,
  output: usize,
  activation: i32,
): void {
  const row = (inputs as usize) << 2;
  const step = (outputs as usize) << 2;
  let pixel = 0;
  for (; pixel + 4 <= pixels; pixel += 4) {
    for (let o: usize = 0; o < step; o += 32) {
      const b0 = v128.load(bias + o);
      const b1 = v128.load(bias + o, 16);
      let a0 = b0, a1 = b1, c0 = b0, c1 = b1, d0 = b0, d1 = b1, e0 = b0, e1 = b1;
      let w = weights + o;
      const end = input + row;
      for (let i = input; i < end; i += 4) {
        const w0 = v128.load(w);
        const w1 = v128.load(w, 16);
        w += step;
        const a = v128.load32_splat(i);
        const c = v128.load32_splat(i + row);
        const d = v128.load32_splat(i + row * 2);
        const e = v128.load32_splat(i + row * 3);
        a0 = f32x4.add(a0, f32x4.mul(a, w0));
        a1 = f32x4.add(a1, f32x4.mul(a, w1));
        c0 = f32x4.add(c0, f32x4.mul(c, w0));
        c1 = f32x4.add(c1, f32x4.mul(c, w1));
        d0 = f32x4.add(d0, f32x4.mul(d, w0));
        d1 = f32x4.add(d1, f32x4.mul(d, w1));
        e0 = f32x4.add(e0, f32x4.mul(e, w0));
        e1 = f32x4.add(e1, f32x4.mul(e, w1));
      }
      const to = output + o;
      v128.store(to, activate(a0, activation));
      v128.store(to, activate(a1, activation), 16);
      v128.store(to + step, activate(c0, activation));
      v128.store(to + step, activate(c1, activation), 16);
      v128.store(to + step * 2, activate(d0, activation));
      v128.store(to + step * 2, activate(d1, activation), 16);
      v128.store(to + step * 3, activate(e0, activation));
      v128.store(to + step * 3, activate(e1, activation), 16);
    }
    input += row * 4;
    output += step * 4;
  }
  for (; pixel < pixels; pixel++) {
    for (let o: usize = 0; o < step; o += 16) {
      let sum = v128.load(bias + o);
      let w = weights + o;
      const end = input + row;
      for (let i = input; i < end; i += 4) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(i), v128.load(w)));
        w += step;
      }
      v128.store(output + o, activate(sum, activation));
    }
    input += row;
    output += step;
  }
}

/** Unrolls the 3 by 3 neighbourhood of every second pixel into a row, padded with 0. */
export function neighbourhoods(
  input: usize,
  height: i32,
  width: i32,
  channels: i32,
  output: usize,
): void {
  const size = (channels as usize) << 2;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      for (let dy = 0; dy < 3; dy++) {
        for (let dx = 0; dx < 3; dx++) {
          if (y + dy < height && x + dx < width) {
            memory.copy(output, input + (((y + dy) * width + x + dx) as usize) * size, size);
          } else {
            memory.fill(output, 0, size);
          }
          output += size;
        }
      }
    }
  }
}

/** A convolution within each channel; `kernel` pixels wide and high. */
export function depthwise(
  input: usize,
  height: i32,
  width: i32,
  channels: i32,
  weights: usize,
  bias: usize,
  kernel: i32,
  stride: i32,
  output: usize,
  activation: i32,
): void {
  const size = (channels as usize) << 2;
  const rows = (height + stride - 1) / stride;
  const columns = (width + stride - 1) / stride;
  const top = max((rows - 1) * stride + kernel - height, 0) >> 1;
  const left = max((columns - 1) * stride + kernel - width, 0) >> 1;
  for (let y = 0; y < rows; y++) {
    const y0 = y * stride - top;
    const firstRow = max(0, -y0);
    const lastRow = min(kernel, height - y0);
    for (let x = 0; x < columns; x++) {
      const x0 = x * stride - left;
      const first = max(0, -x0);
      const last = min(kernel, width - x0);
      for (let c: usize = 0; c < size; c += 32) {
        let sum0 = v128.load(bias + c);
        let sum1 = v128.load(bias + c, 16);
        for (let dy = firstRow; dy < lastRow; dy++) {
          let from = input + (((y0 + dy) * width + x0 + first) as usize) * size + c;
          let w = weights + ((dy * kernel + first) as usize) * size + c;
          for (let dx = first; dx < last; dx++) {
            sum0 = f32x4.add(sum0, f32x4.mul(v128.load(from), v128.load(w)));
            sum1 = f32x4.add(sum1, f32x4.mul(v128.load(from, 16), v128.load(w, 16)));
            from += size;
            w += size;
          }
        }
        v128.store(output + c, activate(sum0, activation));
        v128.store(output + c, activate(sum1, activation), 16);
      }
      output += size;
    }
  }
}

/** The mean of each channel. */
export function mean(input: usize, pixels: i32, channels: i32, output: usize): void {
  const size = (channels as usize) << 2;
  const share = f32x4.splat(1 / (pixels as f32));
  for (let c: usize = 0; c < size; c += 16) {
    let sum = f32x4.splat(0);
    let from = input + c;
    for (let pixel = 0; pixel < pixels; pixel++) {
      sum = f32x4.add(sum, v128.load(from));
      from += size;
    }
    v128.store(output + c, f32x4.mul(sum, share));
  }
}

/** Each channel times a factor of its own. */
export function scale(
  input: usize,
  pixels: i32,
  channels: i32,
  factors: usize,
  output: usize,
): void {
  const size = (channels as usize) << 2;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let c: usize = 0; c < size; c += 16) {
      v128.store(output + c, f32x4.mul(v128.load(input + c), v128.load(factors + c)));
    }
    input += size;
    output += size;
  }
}

export function add(a: usize, b: usize, count: i32, output: usize): void {
  const size = (count as usize) << 2;
  for (let i: usize = 0; i < size; i += 16) {
    v128.store(output + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
  }
}

export function relu(input: usize, count: i32, output: usize): void {
  const size = (count as usize) << 2;
  for (let i: usize = 0; i < size; i += 16) {
    v128.store(output + i, activate(v128.load(input + i), RELU));
  }
}

export function logistic(input: usize, count: i32, output: usize): void {
  for (let i: usize = 0; i < (count as usize) << 2; i += 4) {
    store<f32>(output + i, 1 / (1 + Mathf.exp(-load<f32>(input + i))));
  }
}

/** Upscales by two, bilinear, between pixel centres. */
export function enlarge(
  input: usize,
  height: i32,
  width: i32,
  channels: i32,
  output: usize,
): void {
  const size = (channels as usize) << 2;
  const three = f32x4.splat(0.75);
  const one = f32x4.splat(0.25);
  for (let y = 0; y < height * 2; y++) {
    const near = y >> 1;
    const far = min(max(near + ((y & 1) << 1) - 1, 0), height - 1);
    for (let x = 0; x < width * 2; x++) {
      const column = x >> 1;
      const beside = min(max(column + ((x & 1) << 1) - 1, 0), width - 1);
      const a = input + ((near * width + column) as usize) * size;
      const b = input + ((near * width + beside) as usize) * size;
      const c = input + ((far * width + column) as usize) * size;
      const d = input + ((far * width + beside) as usize) * size;
      for (let i: usize = 0; i < size; i += 16) {
        const upper = f32x4.add(f32x4.mul(v128.load(a + i), three), f32x4.mul(v128.load(b + i), one));
        const lower = f32x4.add(f32x4.mul(v128.load(c + i), three), f32x4.mul(v128.load(d + i), one));
        v128.store(output + i, f32x4.add(f32x4.mul(upper, three), f32x4.mul(lower, one)));
      }
      output += size;
    }
  }
}

/** A transposed convolution to one channel: each pixel becomes four. `weights` has the pixels outermost. */
export function spread(
  input: usize,
  height: i32,
  width: i32,
  channels: i32,
  weights: usize,
  bias: usize,
  output: usize,
): void {
  const size = (channels as usize) << 2;
  const offset = load<f32>(bias);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let part = 0; part < 4; part++) {
        let sum = f32x4.splat(0);
        const w = weights + (part as usize) * size;
        for (let c: usize = 0; c < size; c += 16) {
          sum = f32x4.add(sum, f32x4.mul(v128.load(input + c), v128.load(w + c)));
        }
        const total =
          f32x4.extract_lane(sum, 0) +
          f32x4.extract_lane(sum, 1) +
          f32x4.extract_lane(sum, 2) +
          f32x4.extract_lane(sum, 3);
        const at = (y * 2 + (part >> 1)) * width * 2 + x * 2 + (part & 1);
        store<f32>(output + ((at as usize) << 2), total + offset);
      }
      input += size;
    }
  }
}

/** Splits the interleaved chroma of NV12. */
export function split(from: usize, columns: i32, rows: i32, u: usize, v: usize, stride: i32): void {
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      store<u8>(u + x, load<u8>(from));
      store<u8>(v + x, load<u8>(from, 1));
      from += 2;
    }
    u += stride;
    v += stride;
  }
}

/**
 * RGBA, or BGRA where `red` is 2, as luma and two planes of half the size. `kr` and `kb` are the matrix's;
 * with `full` luma and chroma use all of 0 to 255.
 */
export function fromRgba(
  from: usize,
  width: i32,
  height: i32,
  red: i32,
  kr: f32,
  kb: f32,
  full: bool,
  y: usize,
  stride: i32,
  u: usize,
  v: usize,
  chromaStride: i32,
): void {
  const luma: f32 = full ? 1 : 219.0 / 255.0;
  const chroma: f32 = full ? 0.5 : 112.0 / 255.0;
  const black: f32 = full ? 0 : 16;
  const kg: f32 = 1 - kr - kb;
  const blue = 2 - red;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = from + (((row * width + column) as usize) << 2);
      const r = load<u8>(at + red) as f32;
      const g = load<u8>(at, 1) as f32;
      const b = load<u8>(at + blue) as f32;
      const light = kr * r + kg * g + kb * b;
      store<u8>(y + row * stride + column, (black + luma * light + 0.5) as u8);
      if (((row | column) & 1) != 0) continue;
      const to = (row >> 1) * chromaStride + (column >> 1);
      store<u8>(u + to, byte(128.5 + (chroma * (b - light)) / (1 - kb)));
      store<u8>(v + to, byte(128.5 + (chroma * (r - light)) / (1 - kr)));
    }
  }
}

// @ts-ignore: decorators
@inline
function byte(value: f32): u8 {
  return max<f32>(0, min<f32>(255, value)) as u8;
}

/** Downscales a plane of bytes: each pixel is the mean of up to four by four that it covers. */
export function shrink(
  from: usize,
  stride: i32,
  width: i32,
  height: i32,
  to: usize,
  columns: i32,
  rows: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const top = (row * height) / rows;
    const bottom = max(((row + 1) * height) / rows, top + 1);
    const down = max((bottom - top) >> 2, 1);
    for (let column = 0; column < columns; column++) {
      const left = (column * width) / columns;
      const right = max(((column + 1) * width) / columns, left + 1);
      const across = max((right - left) >> 2, 1);
      let sum = 0;
      let count = 0;
      for (let y = top; y < bottom; y += down) {
        const line = from + y * stride;
        for (let x = left; x < right; x += across) {
          sum += load<u8>(line + x);
          count++;
        }
      }
      store<u8>(to++, ((sum + (count >> 1)) / count) as u8);
    }
  }
}

/** Converts three planes of one size to the network's input: red, green and blue from 0 to 1. */
export function toInput(y: usize, u: usize, v: usize, pixels: i32, input: usize): void {
  for (let pixel = 0; pixel < pixels; pixel++) {
    const light = ((load<u8>(y++) as f32) - 16) * (1.0 / 219.0);
    const blue = ((load<u8>(u++) as f32) - 128) * (1.0 / 224.0);
    const red = ((load<u8>(v++) as f32) - 128) * (1.0 / 224.0);
    store<f32>(input, unit(light + 1.402 * red));
    store<f32>(input, unit(light - 0.344 * blue - 0.714 * red), 4);
    store<f32>(input, unit(light + 1.772 * blue), 8);
    input += 12;
  }
}

// @ts-ignore: decorators
@inline
function unit(value: f32): f32 {
  return max<f32>(0, min<f32>(1, value));
}

/**
 * The person's alpha of each pixel, from 0 to 128. `steady` holds that of earlier frames: what
 * hardly changed moves slowly, so that edges do not flicker, and a movement counts at once.
 */
export function alphas(found: usize, pixels: i32, steady: usize, to: usize): void {
  for (let pixel = 0; pixel < pixels; pixel++) {
    const before = load<f32>(steady);
    const change = load<f32>(found) - before;
    const now = before + change * min<f32>(1, 0.35 + 2.5 * abs(change));
    store<f32>(steady, now);
    found += 4;
    steady += 4;
    const t = unit((now - 0.4) * (1.0 / 0.4));
    store<u8>(to++, (t * t * (3 - 2 * t) * OPAQUE + 0.5) as u8);
  }
}

/** The background as four floats per pixel: luma, chroma and weight; the person has weight 0. */
export function weigh(
  alpha: usize,
  y: usize,
  u: usize,
  v: usize,
  pixels: i32,
  output: usize,
): void {
  for (let pixel = 0; pixel < pixels; pixel++) {
    // Never exactly 0: deep inside the person that would divide by zero.
    const weight: f32 = OPAQUE + 0.01 - (load<u8>(alpha++) as f32);
    store<f32>(output, weight * (load<u8>(y++) as f32));
    store<f32>(output, weight * (load<u8>(u++) as f32), 4);
    store<f32>(output, weight * (load<u8>(v++) as f32), 8);
    store<f32>(output, weight, 12);
    output += 16;
  }
}

/** The running mean of `2 * radius + 1` pixels along each line, which extends its last pixel. */
export function smooth(
  from: usize,
  lines: i32,
  line: i32,
  length: i32,
  step: i32,
  radius: i32,
  to: usize,
): void {
  const window: i32 = 2 * radius + 1;
  const share = f32x4.splat(1 / (window as f32));
  const last = length - 1;
  for (let i = 0; i < lines; i++) {
    const source = from + ((i * line) as usize) * 16;
    let target = to + ((i * line) as usize) * 16;
    let sum = f32x4.splat(0);
    for (let k = -radius; k <= radius; k++) sum = f32x4.add(sum, pixel(source, k, last, step));
    for (let k = 0; k < length; k++) {
      v128.store(target, f32x4.mul(sum, share));
      target += (step as usize) * 16;
      sum = f32x4.add(sum, pixel(source, k + radius + 1, last, step));
      sum = f32x4.sub(sum, pixel(source, k - radius, last, step));
    }
  }
}

// @ts-ignore: decorators
@inline
function pixel(line: usize, at: i32, last: i32, step: i32): v128 {
  return v128.load(line + ((min(max(at, 0), last) * step) as usize) * 16);
}

/** The three planes of the smoothed output of `weigh`. */
export function unweigh(from: usize, pixels: i32, y: usize, u: usize, v: usize): void {
  for (let i = 0; i < pixels; i++) {
    const share: f32 = 1 / load<f32>(from, 12);
    store<u8>(y++, byte(load<f32>(from) * share + 0.5));
    store<u8>(u++, byte(load<f32>(from, 4) * share + 0.5));
    store<u8>(v++, byte(load<f32>(from, 8) * share + 0.5));
    from += 16;
  }
}

/** Widens each line of a small plane to the frame's width, linear between pixel centres. */
export function widen(
  from: usize,
  columns: i32,
  rows: i32,
  to: usize,
  width: i32,
  stride: i32,
): void {
  const ratio = (columns as f32) / (width as f32);
  for (let x = 0; x < width; x++) {
    const at = max<f32>(0, ((x as f32) + 0.5) * ratio - 0.5);
    const left = min(at as i32, columns - 1);
    const right = min(left + 1, columns - 1);
    const part = ((at - (left as f32)) * OPAQUE + 0.5) as i32;
    let source = from;
    let target = to + x;
    for (let row = 0; row < rows; row++) {
      const a = load<u8>(source + left) as i32;
      const b = load<u8>(source + right) as i32;
      store<u8>(target, (a + (((b - a) * part) >> SHIFT)) as u8);
      source += columns;
      target += stride;
    }
  }
}

// @ts-ignore: decorators
@inline
function mix(from: v128, to: v128, part: v128): v128 {
  return i16x8.add(from, i16x8.shr_s(i16x8.mul(i16x8.sub(to, from), part), SHIFT));
}

/**
 * Keeps the person in a plane of the frame, and fills in the background elsewhere. `alpha` and,
 * unless it is `whole`, the background have `rows` widened lines; all of them share one stride, which is a
 * multiple of 16.
 */
export function blend(
  plane: usize,
  stride: i32,
  height: i32,
  alpha: usize,
  background: usize,
  rows: i32,
  whole: bool,
): void {
  const ratio = (rows as f32) / (height as f32);
  for (let y = 0; y < height; y++) {
    const at = max<f32>(0, ((y as f32) + 0.5) * ratio - 0.5);
    const upper = min(at as i32, rows - 1);
    const lower = min(upper + 1, rows - 1);
    const part = i16x8.splat(((at - (upper as f32)) * OPAQUE + 0.5) as i16);
    const a0 = alpha + upper * stride;
    const a1 = alpha + lower * stride;
    const b0 = background + (whole ? y : upper) * stride;
    const b1 = background + (whole ? y : lower) * stride;
    for (let x = 0; x < stride; x += 16) {
      const a = v128.load(a0 + x);
      const b = v128.load(a1 + x);
      const c = v128.load(b0 + x);
      const d = v128.load(b1 + x);
      const p = v128.load(plane + x);
      const low = mix(
        mix(i16x8.extend_low_i8x16_u(c), i16x8.extend_low_i8x16_u(d), part),
        i16x8.extend_low_i8x16_u(p),
        mix(i16x8.extend_low_i8x16_u(a), i16x8.extend_low_i8x16_u(b), part),
      );
      const high = mix(
        mix(i16x8.extend_high_i8x16_u(c), i16x8.extend_high_i8x16_u(d), part),
        i16x8.extend_high_i8x16_u(p),
        mix(i16x8.extend_high_i8x16_u(a), i16x8.extend_high_i8x16_u(b), part),
      );
      v128.store(plane + x, i8x16.narrow_i16x8_u(low, high));
    }
    plane += stride;
  }
}
