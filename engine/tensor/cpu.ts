/** Float32 arithmetic in typed arrays: the wasm backend, and the reference that the GPU kernels are held to. */
import {
  LoomError,
  type DType,
  type NoiseSource,
  type Tensor,
  type TensorData,
  type TensorOps,
  type TensorScope,
} from '../types';
import { CountedTensor, elementCount, type Ledger } from './counted';
import { mergeMoments, momentsOf, noMoments, statsOf, type Moments } from './moments';
import { noiseData } from './noise';
import { tapTable } from './resample';
import {
  around,
  axisOf,
  broadcast,
  checkRange,
  checkSize,
  concatShape,
  counted,
  onlyFloat,
  planes,
  sameShape,
} from './shapes';

/** A tensor in a typed array. */
export class CpuTensor extends CountedTensor {
  readonly location = 'cpu';
  #data: TensorData | undefined;

  /** Takes `data` over: nobody else may write to it. Its length must fit `dims`. */
  constructor(data: TensorData, dims: readonly number[], ledger: Ledger) {
    super(dtypeOf(data), dims, ledger);
    this.#data = data;
  }

  /** The contents themselves, not to be written to. Throws `tensor-disposed`. */
  get data(): TensorData {
    this.alive();
    if (this.#data === undefined) throw new LoomError('tensor-disposed', 'This tensor was already released.');
    return this.#data;
  }

  // An async method, so that a disposed tensor rejects rather than throws.
  async read(): Promise<TensorData> {
    return this.data.slice();
  }

  protected free(): void {
    this.#data = undefined;
  }
}

/** The element type of a typed array. */
export function dtypeOf(data: TensorData): DType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof BigInt64Array) return 'int64';
  return 'uint8';
}

/** Throws `bad-input` unless `data` has exactly the elements of `dims`. */
export function checkLength(data: TensorData, dims: readonly number[]): void {
  if (data.length !== elementCount(dims))
    throw new LoomError('bad-input', `${data.length} elements do not make a [${dims.join(', ')}] tensor.`);
}

/** The CPU side of a tensor. Throws `bad-input` if it is on the GPU. */
export function cpuData(x: Tensor): TensorData {
  const tensor = counted(x);
  if (!(tensor instanceof CpuTensor)) throw new LoomError('bad-input', 'This tensor is on the GPU.');
  return tensor.data;
}

/** float32 contents of a CPU tensor. */
function floats(x: Tensor): Float32Array {
  const data = cpuData(x);
  if (!(data instanceof Float32Array)) throw new LoomError('bad-input', `Expected float32, not ${x.dtype}.`);
  return data;
}

/** A zeroed array of the same element type. */
function blank(like: TensorData, length: number): TensorData {
  if (like instanceof Float32Array) return new Float32Array(length);
  if (like instanceof Int32Array) return new Int32Array(length);
  if (like instanceof BigInt64Array) return new BigInt64Array(length);
  return new Uint8Array(length);
}

/** Copies `length` elements; both arrays are of one element type. */
function move(from: TensorData, start: number, length: number, to: TensorData, at: number): void {
  const part = from.subarray(start, start + length);
  if (to instanceof BigInt64Array) {
    if (part instanceof BigInt64Array) to.set(part, at);
  } else if (!(part instanceof BigInt64Array)) to.set(part, at);
}

/** CPU arithmetic. Structural operations (concat, slice, flip, pad, nearest resize) take any element type. */
export class CpuOps implements TensorOps {
  constructor(
    private readonly ledger: Ledger,
    private readonly own: <T extends CountedTensor>(tensor: T) => T,
    private readonly child: () => TensorScope,
  ) {}

  scope(): TensorScope {
    return this.child();
  }

  from(data: TensorData, dims: readonly number[]): Tensor {
    checkLength(data, dims);
    return this.#make(data.slice(), dims);
  }

  full(dims: readonly number[], value: number): Tensor {
    return this.#make(new Float32Array(elementCount(dims)).fill(value), dims);
  }

  linear(terms: Parameters<TensorOps['linear']>[0]): Tensor {
    const [first] = terms;
    if (first === undefined) throw new LoomError('bad-input', 'linear needs at least one term.');
    const parts = terms.map(([scale, x]) => {
      onlyFloat('linear', x);
      sameShape('linear', first[1], x);
      return { scale, data: floats(x) };
    });
    const out = new Float32Array(elementCount(first[1].dims));
    for (let i = 0; i < out.length; i += 1) {
      let sum = 0;
      for (const { scale, data } of parts) sum += scale * (data[i] ?? 0);
      out[i] = sum;
    }
    return this.#make(out, first[1].dims);
  }

  multiply(a: Tensor, b: Tensor): Tensor {
    const over = this.#overlay('multiply', a, b);
    return this.#map(a, (x, i) => x * over(i));
  }

  blend(a: Tensor, b: Tensor, mask: Tensor): Tensor {
    onlyFloat('blend', a, b);
    sameShape('blend', a, b);
    const over = this.#overlay('blend', a, mask);
    const other = floats(b);
    return this.#map(a, (x, i) => {
      const m = over(i);
      return x * (1 - m) + (other[i] ?? 0) * m;
    });
  }

  clamp(x: Tensor, lo: number, hi: number): Tensor {
    return this.#map(x, (value) => Math.min(hi, Math.max(lo, value)));
  }

  noise(dims: readonly number[], source: NoiseSource): Tensor {
    return this.#make(noiseData(dims, source), dims);
  }

  concat(xs: readonly Tensor[], axis: number): Tensor {
    const [first] = xs;
    const at = first === undefined ? 0 : axisOf('concat', first, axis);
    const dims = concatShape(xs, at);
    const { outer, length, inner } = around(dims, at);
    const data = xs.map(cpuData);
    const out = blank(data[0] ?? new Float32Array(), elementCount(dims));
    for (let o = 0; o < outer; o += 1) {
      let offset = o * length * inner;
      xs.forEach((x, k) => {
        const run = (x.dims[at] ?? 0) * inner;
        const part = data[k];
        if (part !== undefined) move(part, o * run, run, out, offset);
        offset += run;
      });
    }
    return this.#make(out, dims);
  }

  slice(x: Tensor, axis: number, start: number, end: number): Tensor {
    const at = axisOf('slice', x, axis);
    checkRange(x, at, start, end);
    const { outer, length, inner } = around(x.dims, at);
    const data = cpuData(x);
    const run = (end - start) * inner;
    const out = blank(data, outer * run);
    for (let o = 0; o < outer; o += 1) move(data, (o * length + start) * inner, run, out, o * run);
    return this.#make(
      out,
      x.dims.map((size, i) => (i === at ? end - start : size)),
    );
  }

  stats(x: Tensor): Promise<readonly ReturnType<typeof statsOf>[]> {
    return Promise.resolve().then(() => this.#moments(x).map(statsOf));
  }

  rescale(x: Tensor, like: Tensor, phi: number): Tensor {
    onlyFloat('rescale', x, like);
    sameShape('rescale', x, like);
    const wanted = this.#moments(like);
    const factors = this.#moments(x).map((m, k) => {
      const target = wanted[k] ?? noMoments;
      return rescaleFactor(m, target, phi);
    });
    const each = x.dims[0] === undefined ? 1 : elementCount(x.dims.slice(1));
    return this.#map(x, (value, i) => value * (factors[Math.floor(i / each)] ?? 1));
  }

  resize(x: Tensor, height: number, width: number, mode: Parameters<TensorOps['resize']>[3]): Tensor {
    checkSize('resize', height, width);
    if (mode !== 'nearest') onlyFloat('resize', x);
    const from = planes('resize', x);
    const source = cpuData(x);
    if (!(source instanceof Float32Array)) return this.#nearest(x, height, width);
    const columns = tapTable(from.width, width, mode);
    const rows = tapTable(from.height, height, mode);
    const wide = new Float32Array(from.count * from.height * width);
    for (let line = 0; line < from.count * from.height; line += 1)
      for (let i = 0; i < width; i += 1) {
        let sum = 0;
        for (let k = i * columns.taps; k < (i + 1) * columns.taps; k += 1)
          sum += (columns.weights[k] ?? 0) * (source[line * from.width + (columns.indices[k] ?? 0)] ?? 0);
        wide[line * width + i] = sum;
      }
    const out = new Float32Array(from.count * height * width);
    for (let plane = 0; plane < from.count; plane += 1)
      for (let i = 0; i < height; i += 1)
        for (let column = 0; column < width; column += 1) {
          let sum = 0;
          for (let k = i * rows.taps; k < (i + 1) * rows.taps; k += 1)
            sum +=
              (rows.weights[k] ?? 0) *
              (wide[(plane * from.height + (rows.indices[k] ?? 0)) * width + column] ?? 0);
          out[(plane * height + i) * width + column] = sum;
        }
    return this.#make(out, [...x.dims.slice(0, -2), height, width]);
  }

  flip(x: Tensor, axis: number): Tensor {
    const at = axisOf('flip', x, axis);
    const { outer, length, inner } = around(x.dims, at);
    const data = cpuData(x);
    const out = blank(data, data.length);
    for (let o = 0; o < outer; o += 1)
      for (let k = 0; k < length; k += 1)
        move(data, (o * length + k) * inner, inner, out, (o * length + (length - 1 - k)) * inner);
    return this.#make(out, x.dims);
  }

  pad(x: Tensor, by: Parameters<TensorOps['pad']>[1], value: number): Tensor {
    const from = planes('pad', x);
    const height = from.height + by.top + by.bottom;
    const width = from.width + by.left + by.right;
    checkSize('pad', height, width);
    const data = cpuData(x);
    const out = blank(data, from.count * height * width);
    if (out instanceof BigInt64Array) out.fill(BigInt(Math.trunc(value)));
    else out.fill(value);
    const left = Math.max(0, by.left);
    const skip = Math.max(0, -by.left);
    const run = Math.min(from.width - skip, width - left);
    if (run > 0)
      for (let plane = 0; plane < from.count; plane += 1)
        for (let row = 0; row < height; row += 1) {
          const source = row - by.top;
          if (source >= 0 && source < from.height)
            move(
              data,
              (plane * from.height + source) * from.width + skip,
              run,
              out,
              (plane * height + row) * width + left,
            );
        }
    return this.#make(out, [...x.dims.slice(0, -2), height, width]);
  }

  /** Takes over a tensor that a session made. */
  adopt<T extends CountedTensor>(tensor: T): T {
    return this.own(tensor);
  }

  #make(data: TensorData, dims: readonly number[]): CpuTensor {
    return this.own(new CpuTensor(data, [...dims], this.ledger));
  }

  #map(x: Tensor, f: (value: number, index: number) => number): CpuTensor {
    const data = floats(x);
    const out = new Float32Array(data.length);
    for (let i = 0; i < data.length; i += 1) out[i] = f(data[i] ?? 0, i);
    return this.#make(out, x.dims);
  }

  /** Value of `b`, broadcast, at each flat index of `a`. */
  #overlay(operation: string, a: Tensor, b: Tensor): (index: number) => number {
    onlyFloat(operation, a, b);
    const { channels, inner, batchStride, channelStride } = broadcast(operation, a, b);
    const data = floats(b);
    return (index) => {
      const line = Math.floor(index / inner);
      return (
        data[
          Math.floor(line / channels) * batchStride + (line % channels) * channelStride + (index % inner)
        ] ?? 0
      );
    };
  }

  /** Nearest neighbour for whole-number element types. */
  #nearest(x: Tensor, height: number, width: number): CpuTensor {
    const from = planes('resize', x);
    const source = cpuData(x);
    const columns = tapTable(from.width, width, 'nearest').indices;
    const rows = tapTable(from.height, height, 'nearest').indices;
    const out = blank(source, from.count * height * width);
    for (let plane = 0; plane < from.count; plane += 1)
      for (let i = 0; i < height; i += 1)
        for (let j = 0; j < width; j += 1)
          move(
            source,
            (plane * from.height + (rows[i] ?? 0)) * from.width + (columns[j] ?? 0),
            1,
            out,
            (plane * height + i) * width + j,
          );
    return this.#make(out, [...x.dims.slice(0, -2), height, width]);
  }

  #moments(x: Tensor): Moments[] {
    onlyFloat('stats', x);
    const data = floats(x);
    const batch = x.dims[0] ?? 1;
    const each = batch === 0 ? 0 : data.length / batch;
    return Array.from({ length: batch }, (_, k) =>
      mergeMoments(noMoments, momentsOf(data, k * each, (k + 1) * each)),
    );
  }
}

/** Lin et al. 2305.08891, §3.4: what one batch element of x is multiplied by. 1 where x does not vary. */
function rescaleFactor(x: Moments, like: Moments, phi: number): number {
  if (x.m2 === 0) return 1;
  return phi * Math.sqrt(like.m2 / x.m2) + (1 - phi);
}
