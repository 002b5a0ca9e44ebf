/** Tensor arithmetic in float64: convergence orders are measured below float32's rounding. */
import type { NoiseSource, Tensor, TensorOps, TensorScope, WeightedTensor } from '@/engine/types';
import { LoomError } from '@/engine/types';

export class Wide implements Tensor {
  readonly dtype = 'float32';
  readonly location = 'cpu';
  disposed = false;
  constructor(
    readonly values: Float64Array,
    readonly dims: readonly number[],
  ) {}
  get bytes(): number {
    return this.values.byteLength;
  }
  read(): Promise<Float32Array> {
    return Promise.resolve(Float32Array.from(this.values));
  }
  retain(): this {
    return this;
  }
  release(): void {}
}

/** The float64 values of a tensor made here. */
export function valuesOf(tensor: Tensor): Float64Array {
  if (tensor instanceof Wide) return tensor.values;
  throw new Error('Not a float64 tensor.');
}

const missing = (): never => {
  throw new LoomError('unsupported', 'Not needed by samplers.');
};

/** mulberry32 and Box–Muller: any independent normal numbers will do here. */
function normal(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

class WideOps implements TensorOps {
  scope(): TensorScope {
    return { ops: this, keep: (tensor) => tensor, release: () => {} };
  }
  from(data: ArrayLike<number | bigint>, dims: readonly number[]): Tensor {
    return new Wide(Float64Array.from(data, Number), dims);
  }
  full(dims: readonly number[], value: number): Tensor {
    return new Wide(new Float64Array(dims.reduce((a, b) => a * b, 1)).fill(value), dims);
  }
  linear(terms: readonly WeightedTensor[]): Tensor {
    const [first] = terms;
    if (!first) return missing();
    const out = new Float64Array(valuesOf(first[1]).length);
    for (const [scale, x] of terms) {
      const values = valuesOf(x);
      for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) + scale * (values[i] ?? 0);
    }
    return new Wide(out, first[1].dims);
  }
  noise(dims: readonly number[], source: NoiseSource): Tensor {
    const next = normal(Number(source.seed) * 7919 + source.stream * 104_729);
    return new Wide(Float64Array.from({ length: dims.reduce((a, b) => a * b, 1) }, next), dims);
  }
  /** Along the batch alone. */
  concat(xs: readonly Tensor[], axis: number): Tensor {
    const [first] = xs;
    if (!first || axis !== 0) return missing();
    const values = xs.flatMap((x) => [...valuesOf(x)]);
    const batch = xs.reduce((sum, { dims: [own = 1] }) => sum + own, 0);
    return new Wide(Float64Array.from(values), [batch, ...first.dims.slice(1)]);
  }
  slice(x: Tensor, axis: number, start: number, end: number): Tensor {
    if (axis !== 0) return missing();
    const each = valuesOf(x).length / (x.dims[0] ?? 1);
    return new Wide(valuesOf(x).slice(start * each, end * each), [end - start, ...x.dims.slice(1)]);
  }
  multiply = missing;
  blend = missing;
  clamp = missing;
  stats = missing;
  rescale = missing;
  resize = missing;
  flip = missing;
  pad = missing;
}

export const wideOps: TensorOps = new WideOps();
