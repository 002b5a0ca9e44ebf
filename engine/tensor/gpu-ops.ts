/** Float32 arithmetic on the GPU by WGSL kernels; other element types stay on the CPU. */
import {
  LoomError,
  type NoiseSource,
  type Tensor,
  type TensorData,
  type TensorOps,
  type TensorScope,
} from '../types';
import { CountedTensor, elementCount } from './counted';
import { checkLength, CpuOps } from './cpu';
import { noiseData } from './noise';
import * as kernels from './gpu-kernels';
import type { GpuMachine, Kernel, Parameter } from './gpu-machine';
import { mergeMoments, noMoments, statsOf, type Moments } from './moments';
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

/** A float32 tensor in a GPU buffer. `giveBack` is called once, when the last owner lets go. */
export class GpuTensor extends CountedTensor {
  readonly location = 'gpu';

  constructor(
    private readonly machine: GpuMachine,
    private readonly storage: GPUBuffer,
    dims: readonly number[],
    private readonly giveBack: () => void,
  ) {
    super('float32', dims, machine.ledger);
  }

  /** The buffer itself, at least `bytes` long. Throws `tensor-disposed`. */
  get buffer(): GPUBuffer {
    this.alive();
    return this.storage;
  }

  async read(): Promise<TensorData> {
    return new Float32Array(await this.machine.read(this.buffer, this.bytes));
  }

  protected free(): void {
    this.giveBack();
  }
}

/** GPU arithmetic. Tensors that are not float32 are CPU tensors, and their structural operations run there. */
export class GpuOps implements TensorOps {
  readonly #cpu: CpuOps;

  constructor(
    private readonly machine: GpuMachine,
    private readonly own: <T extends CountedTensor>(tensor: T) => T,
    private readonly child: () => TensorScope,
  ) {
    this.#cpu = new CpuOps(machine.ledger, own, child);
  }

  scope(): TensorScope {
    return this.child();
  }

  from(data: TensorData, dims: readonly number[]): Tensor {
    checkLength(data, dims);
    return data instanceof Float32Array ? this.#upload(data, dims) : this.#cpu.from(data, dims);
  }

  full(dims: readonly number[], value: number): Tensor {
    return this.#run(kernels.fill, dims, [{ f32: value }], []);
  }

  linear(terms: Parameters<TensorOps['linear']>[0]): Tensor {
    const [first] = terms;
    if (first === undefined) throw new LoomError('bad-input', 'linear needs at least one term.');
    for (const [, x] of terms) {
      onlyFloat('linear', x);
      sameShape('linear', first[1], x);
    }
    let rest = terms;
    let carried: GpuTensor | undefined;
    for (;;) {
      const room = kernels.LINEAR_TERMS - (carried === undefined ? 0 : 1);
      const now =
        carried === undefined ? rest.slice(0, room) : [[1, carried] as const, ...rest.slice(0, room)];
      const sum = this.#run(
        kernels.linear(now.length),
        first[1].dims,
        now.map(([scale]) => ({ f32: scale })),
        now.map(([, x]) => x),
      );
      carried?.release();
      rest = rest.slice(room);
      if (rest.length === 0) return sum;
      carried = sum;
    }
  }

  multiply(a: Tensor, b: Tensor): Tensor {
    onlyFloat('multiply', a, b);
    return this.#run(kernels.multiply, a.dims, overlay('multiply', a, b), [a, b]);
  }

  blend(a: Tensor, b: Tensor, mask: Tensor): Tensor {
    onlyFloat('blend', a, b, mask);
    sameShape('blend', a, b);
    return this.#run(kernels.blend, a.dims, overlay('blend', a, mask), [a, b, mask]);
  }

  clamp(x: Tensor, lo: number, hi: number): Tensor {
    onlyFloat('clamp', x);
    return this.#run(kernels.clampKernel, x.dims, [{ f32: lo }, { f32: hi }], [x]);
  }

  noise(dims: readonly number[], source: NoiseSource): Tensor {
    return this.#upload(noiseData(dims, source), dims);
  }

  concat(xs: readonly Tensor[], axis: number): Tensor {
    const [first] = xs;
    if (first === undefined || first.dtype !== 'float32') return this.#cpu.concat(xs, axis);
    const at = axisOf('concat', first, axis);
    const dims = concatShape(xs, at);
    const whole = around(dims, at);
    const result = this.#empty(dims);
    let offset = 0;
    for (const x of xs) {
      const part = around(x.dims, at);
      const run = part.length * part.inner;
      this.machine.dispatch(
        kernels.scatter,
        elementCount(x.dims),
        [run, whole.length * whole.inner, offset],
        result.buffer,
        [bufferOf(x)],
      );
      offset += run;
    }
    return result;
  }

  slice(x: Tensor, axis: number, start: number, end: number): Tensor {
    if (x.dtype !== 'float32') return this.#cpu.slice(x, axis, start, end);
    const at = axisOf('slice', x, axis);
    checkRange(x, at, start, end);
    const { length, inner } = around(x.dims, at);
    const dims = x.dims.map((size, i) => (i === at ? end - start : size));
    return this.#run(kernels.gather, dims, [(end - start) * inner, length * inner, start * inner], [x]);
  }

  async stats(x: Tensor): Promise<readonly ReturnType<typeof statsOf>[]> {
    onlyFloat('stats', x);
    const { buffer, batch, blocks } = this.#moments(x);
    try {
      const words = new Float32Array(
        await this.machine.read(buffer, batch * blocks * kernels.MOMENT_WORDS * 4),
      );
      return Array.from({ length: batch }, (_, k) => {
        let all = noMoments;
        for (let block = k * blocks; block < (k + 1) * blocks; block += 1)
          all = mergeMoments(all, momentsAt(words, block));
        return statsOf(all);
      });
    } finally {
      this.machine.recycle(buffer);
    }
  }

  rescale(x: Tensor, like: Tensor, phi: number): Tensor {
    onlyFloat('rescale', x, like);
    sameShape('rescale', x, like);
    const a = this.#moments(x);
    const b = this.#moments(like);
    const factors = this.machine.buffer(a.batch * 4);
    this.machine.dispatch(kernels.rescaleFactor, a.batch, [a.blocks, { f32: phi }], factors, [
      a.buffer,
      b.buffer,
    ]);
    const result = this.#empty(x.dims);
    const each = a.batch === 0 ? 1 : result.size / a.batch;
    this.machine.dispatch(kernels.rescaleApply, result.size, [each], result.buffer, [bufferOf(x), factors]);
    for (const buffer of [a.buffer, b.buffer, factors]) this.machine.recycle(buffer);
    return result;
  }

  resize(x: Tensor, height: number, width: number, mode: Parameters<TensorOps['resize']>[3]): Tensor {
    if (x.dtype !== 'float32') return this.#cpu.resize(x, height, width, mode);
    checkSize('resize', height, width);
    const from = planes('resize', x);
    const lead = x.dims.slice(0, -2);
    const wide = this.#resample(x, [...lead, from.height, width], from.width, width, 1, mode);
    const result = this.#resample(wide, [...lead, height, width], from.height, height, width, mode);
    wide.release();
    return result;
  }

  flip(x: Tensor, axis: number): Tensor {
    if (x.dtype !== 'float32') return this.#cpu.flip(x, axis);
    const { length, inner } = around(x.dims, axisOf('flip', x, axis));
    return this.#run(kernels.flip, x.dims, [length, inner], [x]);
  }

  pad(x: Tensor, by: Parameters<TensorOps['pad']>[1], value: number): Tensor {
    if (x.dtype !== 'float32') return this.#cpu.pad(x, by, value);
    const from = planes('pad', x);
    const height = from.height + by.top + by.bottom;
    const width = from.width + by.left + by.right;
    checkSize('pad', height, width);
    return this.#run(
      kernels.pad,
      [...x.dims.slice(0, -2), height, width],
      [from.height, from.width, height, width, by.top, by.left, { f32: value }],
      [x],
    );
  }

  /** Takes over a tensor that a session made. */
  adopt<T extends CountedTensor>(tensor: T): T {
    return this.own(tensor);
  }

  #empty(dims: readonly number[]): GpuTensor {
    const buffer = this.machine.buffer(elementCount(dims) * 4);
    return this.own(new GpuTensor(this.machine, buffer, [...dims], () => this.machine.recycle(buffer)));
  }

  #upload(data: Float32Array, dims: readonly number[]): GpuTensor {
    const tensor = this.#empty(dims);
    this.machine.write(tensor.buffer, data);
    return tensor;
  }

  #run(
    kernel: Kernel,
    dims: readonly number[],
    parameters: readonly Parameter[],
    inputs: readonly Tensor[],
  ): GpuTensor {
    const buffers = inputs.map(bufferOf);
    const result = this.#empty(dims);
    this.machine.dispatch(kernel, result.size, parameters, result.buffer, buffers);
    return result;
  }

  #resample(
    x: Tensor,
    dims: readonly number[],
    from: number,
    to: number,
    inner: number,
    mode: Parameters<TensorOps['resize']>[3],
  ): GpuTensor {
    const table = tapTable(from, to, mode);
    const indices = this.machine.buffer(table.indices.byteLength);
    const weights = this.machine.buffer(table.weights.byteLength);
    this.machine.write(indices, table.indices);
    this.machine.write(weights, table.weights);
    const result = this.#empty(dims);
    this.machine.dispatch(kernels.resample, result.size, [from, to, inner, table.taps], result.buffer, [
      bufferOf(x),
      indices,
      weights,
    ]);
    this.machine.recycle(indices);
    this.machine.recycle(weights);
    return result;
  }

  /** Moments of blocks, [batch, blocks, MOMENT_WORDS], in a buffer to be recycled. */
  #moments(x: Tensor): { buffer: GPUBuffer; batch: number; blocks: number } {
    const batch = x.dims[0] ?? 1;
    const each = batch === 0 ? 0 : elementCount(x.dims) / batch;
    const blocks = Math.max(1, Math.ceil(each / kernels.MOMENT_BLOCK));
    const input = bufferOf(x);
    const buffer = this.machine.buffer(batch * blocks * kernels.MOMENT_WORDS * 4);
    this.machine.launch(kernels.moments, batch * blocks, [batch * blocks, each, blocks], buffer, [input]);
    return { buffer, batch, blocks };
  }
}

/** The buffer of a float32 tensor. Throws `bad-input` for a CPU tensor. */
export function bufferOf(x: Tensor): GPUBuffer {
  const tensor = counted(x);
  if (!(tensor instanceof GpuTensor)) throw new LoomError('bad-input', 'This tensor is not on the GPU.');
  return tensor.buffer;
}

function overlay(operation: string, a: Tensor, b: Tensor): number[] {
  const { channels, inner, batchStride, channelStride } = broadcast(operation, a, b);
  return [channels, inner, batchStride, channelStride];
}

function momentsAt(words: Float32Array, block: number): Moments {
  const [count = 0, mean = 0, m2 = 0, min = 0, max = 0, nan = 0] = words.subarray(
    block * kernels.MOMENT_WORDS,
  );
  return count === 0 ? { ...noMoments, nan } : { count, mean, m2, min, max, nan };
}
