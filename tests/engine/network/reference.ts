/** A network description computed in float64 by plain loops: the judge of every kernel. Slow. */
import { shapesOf, type Shape } from '@/engine/network/shapes';
import {
  halfValue,
  type Activation,
  type NetworkDescription,
  type NetworkOp,
  type WeightRef,
  type WeightStore,
} from '@/engine/types';

export interface Value {
  readonly dims: Shape;
  readonly data: Float64Array;
}

/** A weight as its op wants it. */
export async function weightValue(store: WeightStore, ref: WeightRef): Promise<Float64Array> {
  const entry = store.entries.get(ref.name);
  if (entry === undefined) throw new Error(`no weight "${ref.name}"`);
  const bytes = new Uint8Array(await store.read(ref.name));
  const count = entry.shape.reduce((a, b) => a * b, 1);
  const view = new DataView(bytes.buffer);
  const all = new Float64Array(count);
  const { channels } = entry;
  const inner = channels ? entry.shape.slice(channels.axis + 1).reduce((a, b) => a * b, 1) : 1;
  const scaleOf = (i: number) =>
    channels ? (channels.scales[Math.floor(i / inner) % channels.scales.length] ?? 0) : 1;
  for (let i = 0; i < count; i += 1) {
    if (entry.dtype === 'float32') all[i] = view.getFloat32(4 * i, true);
    else if (entry.dtype === 'float16') all[i] = halfValue(view.getUint16(2 * i, true));
    else if (entry.dtype === 'int8-channels') all[i] = Math.fround(view.getInt8(i) * scaleOf(i));
    else {
      const word = new DataView(new ArrayBuffer(4));
      word.setUint16(2, view.getUint16(2 * i, true), true);
      all[i] = word.getFloat32(0, true);
    }
  }
  const each = count / (entry.shape[0] ?? 1);
  const cut = ref.rows ? all.subarray(ref.rows.start * each, (ref.rows.start + ref.rows.count) * each) : all;
  if (!ref.transposed) return cut;
  const [out = 1, from = 1] = ref.shape;
  return Float64Array.from(
    { length: cut.length },
    (_, i) => cut[(i % from) * out + Math.floor(i / from)] ?? 0,
  );
}

const erf = (x: number) => {
  // Maclaurin series where it converges quickly, continued fraction of erfc beyond.
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let [term, sum] = [a, a];
    for (let n = 1; n < 80; n += 1) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let k = 80; k > 0; k -= 1) fraction = k / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
};
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const gelu = (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2));
const activations: Record<Activation, (x: number) => number> = {
  silu: (x) => x * sigmoid(x),
  gelu,
  'gelu-tanh': (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  'quick-gelu': (x) => x * sigmoid(1.702 * x),
  relu: (x) => Math.max(0, x),
  tanh: Math.tanh,
  sigmoid,
};

/** All outputs of a network. `inputs` in NCHW or row-major. */
export async function reference(
  network: NetworkDescription,
  weights: WeightStore,
  inputs: Readonly<Record<string, Value>>,
): Promise<Record<string, Value>> {
  const shapes = shapesOf(
    network,
    Object.fromEntries(Object.entries(inputs).map(([name, { dims }]) => [name, dims])),
  );
  const values = new Map<string, Value>(Object.entries(inputs));
  for (const op of network.ops) {
    const dims = shapes.get(op.out) ?? [];
    const data = new Float64Array(dims.reduce((a, b) => a * b, 1));
    await compute(op, dims, data, values, (ref) => weightValue(weights, ref));
    values.set(op.out, { dims, data });
  }
  return Object.fromEntries(
    network.outputs.map(({ name, value }) => [
      name,
      values.get(value) ?? { dims: [], data: new Float64Array() },
    ]),
  );
}

async function compute(
  op: NetworkOp,
  dims: Shape,
  y: Float64Array,
  values: ReadonlyMap<string, Value>,
  weight: (ref: WeightRef) => Promise<Float64Array>,
): Promise<void> {
  const of = (id: string): Value => {
    const value = values.get(id);
    if (value === undefined) throw new Error(`no value "${id}"`);
    return value;
  };
  const each = (x: string, f: (v: number, i: number) => number) =>
    of(x).data.forEach((v, i) => (y[i] = f(v, i)));
  /** The channel of flat element i: axis 1 of maps, the last of the others. */
  const layout = (shape: Shape) => {
    const map = shape.length === 4;
    return { c: (map ? shape[1] : shape.at(-1)) ?? 1, inner: map ? (shape[2] ?? 1) * (shape[3] ?? 1) : 1 };
  };
  switch (op.op) {
    case 'conv2d': {
      const { dims: from, data: x } = of(op.x);
      const [, c = 1, h = 1, w = 1] = from;
      const [b = 1, o = 1, high = 1, wide = 1] = dims;
      const [, , kh = 1, kw = 1] = op.weight.shape;
      const k = await weight(op.weight);
      const bias = op.bias ? await weight(op.bias) : undefined;
      const [top, left] = op.padding;
      for (let n = 0; n < b; n += 1)
        for (let f = 0; f < o; f += 1)
          for (let i = 0; i < high; i += 1)
            for (let j = 0; j < wide; j += 1) {
              let sum = bias?.[f] ?? 0;
              for (let d = 0; d < c; d += 1)
                for (let u = 0; u < kh; u += 1) {
                  const r = i * op.stride + u - top;
                  if (r < 0 || r >= h) continue;
                  for (let v = 0; v < kw; v += 1) {
                    const q = j * op.stride + v - left;
                    if (q < 0 || q >= w) continue;
                    sum +=
                      (x[((n * c + d) * h + r) * w + q] ?? 0) * (k[((f * c + d) * kh + u) * kw + v] ?? 0);
                  }
                }
              y[((n * o + f) * high + i) * wide + j] = sum;
            }
      return;
    }
    case 'linear': {
      const { data: x } = of(op.x);
      const [o = 1, c = 1] = op.weight.shape;
      const k = await weight(op.weight);
      const bias = op.bias ? await weight(op.bias) : undefined;
      for (let r = 0; r < x.length / c; r += 1)
        for (let f = 0; f < o; f += 1) {
          let sum = bias?.[f] ?? 0;
          for (let d = 0; d < c; d += 1) sum += (x[r * c + d] ?? 0) * (k[f * c + d] ?? 0);
          y[r * o + f] = sum;
        }
      return;
    }
    case 'group-norm':
    case 'layer-norm': {
      const { data: x } = of(op.x);
      const { c, inner } = layout(dims);
      const [gamma, beta] = [await weight(op.weight), await weight(op.bias)];
      // Both are runs of one length: a group of one picture, or a token.
      const run = op.op === 'layer-norm' ? c : (c / op.groups) * inner;
      for (let start = 0; start < x.length; start += run) {
        const part = x.subarray(start, start + run);
        const mean = part.reduce((a, v) => a + v, 0) / run;
        const std = Math.sqrt(part.reduce((a, v) => a + (v - mean) ** 2, 0) / run + op.eps);
        part.forEach((v, i) => {
          const d = Math.floor((start + i) / inner) % c;
          y[start + i] = ((v - mean) / std) * (gamma[d] ?? 0) + (beta[d] ?? 0);
        });
      }
      return;
    }
    case 'activation':
      return each(op.x, activations[op.kind]);
    case 'geglu': {
      const { data: x } = of(op.x);
      const half = dims.at(-1) ?? 1;
      y.forEach((_, i) => {
        const at = Math.floor(i / half) * 2 * half + (i % half);
        y[i] = (x[at] ?? 0) * gelu(x[at + half] ?? 0);
      });
      return;
    }
    case 'add':
      return each(op.a, (v, i) => v + (of(op.b).data[i] ?? 0));
    case 'add-vector': {
      const { inner } = layout(dims);
      return each(op.x, (v, i) => v + (of(op.vector).data[Math.floor(i / inner)] ?? 0));
    }
    case 'add-positions': {
      const table = await weight(op.table);
      const size = (dims[1] ?? 1) * (dims[2] ?? 1);
      return each(op.x, (v, i) => v + (table[i % size] ?? 0));
    }
    case 'affine':
      return each(op.x, (v) => v * op.scale + op.shift);
    case 'clamp':
      return each(op.x, (v) => Math.min(op.high, Math.max(op.low, v)));
    case 'concat':
    case 'concat-sequence':
    case 'slice': {
      const axis = op.op === 'concat-sequence' || dims.length === 4 ? 1 : dims.length - 1;
      const inner = dims.slice(axis + 1).reduce((a, b) => a * b, 1);
      const whole = (dims[axis] ?? 1) * inner;
      if (op.op === 'slice') {
        const { data: x, dims: from } = of(op.x);
        y.forEach((_, i) => {
          y[i] = x[Math.floor(i / whole) * (from[axis] ?? 1) * inner + op.start * inner + (i % whole)] ?? 0;
        });
        return;
      }
      let start = 0;
      for (const id of op.xs) {
        const { data: x, dims: part } = of(id);
        const run = (part[axis] ?? 1) * inner;
        x.forEach((v, i) => (y[Math.floor(i / run) * whole + start + (i % run)] = v));
        start += run;
      }
      return;
    }
    case 'upsample': {
      const { data: x } = of(op.x);
      const [, , high = 1, wide = 1] = dims;
      y.forEach((_, i) => {
        const [plane, r, q] = [Math.floor(i / (high * wide)), Math.floor(i / wide) % high, i % wide];
        y[i] = x[(plane * (high / 2) + (r >> 1)) * (wide / 2) + (q >> 1)] ?? 0;
      });
      return;
    }
    case 'pixel-shuffle': {
      const { data: x } = of(op.x);
      const f = op.factor;
      const [, c = 1, high = 1, wide = 1] = dims;
      y.forEach((_, i) => {
        const [n, d] = [Math.floor(i / (c * high * wide)), Math.floor(i / (high * wide)) % c];
        const [r, q] = [Math.floor(i / wide) % high, i % wide];
        const from = (n * c + d) * f * f + (r % f) * f + (q % f);
        y[i] = x[(from * (high / f) + Math.floor(r / f)) * (wide / f) + Math.floor(q / f)] ?? 0;
      });
      return;
    }
    case 'to-tokens':
    case 'to-map': {
      const { data: x, dims: from } = of(op.x);
      const b = dims[0] ?? 1;
      const [rows, columns] =
        op.op === 'to-tokens'
          ? [from[1] ?? 1, (from[2] ?? 1) * (from[3] ?? 1)]
          : [from[1] ?? 1, from[2] ?? 1];
      for (let n = 0; n < b; n += 1)
        for (let i = 0; i < rows; i += 1)
          for (let j = 0; j < columns; j += 1)
            y[(n * columns + j) * rows + i] = x[(n * rows + i) * columns + j] ?? 0;
      return;
    }
    case 'attention': {
      const [q, k, v] = [of(op.q), of(op.k), of(op.v)];
      const [b = 1, nq = 1, c = 1] = q.dims;
      const [nk, cv] = [k.dims[1] ?? 1, v.dims[2] ?? 1];
      const [d, e] = [c / op.heads, cv / op.heads];
      for (let n = 0; n < b; n += 1)
        for (let h = 0; h < op.heads; h += 1)
          for (let i = 0; i < nq; i += 1) {
            const seen = op.causal ? Math.min(nk, i + 1) : nk;
            const scores = Array.from({ length: seen }, (_, j) => {
              let sum = 0;
              for (let a = 0; a < d; a += 1)
                sum +=
                  (q.data[(n * nq + i) * c + h * d + a] ?? 0) * (k.data[(n * nk + j) * c + h * d + a] ?? 0);
              return sum / Math.sqrt(d);
            });
            const top = scores.reduce((a, s) => Math.max(a, s), -Infinity);
            const p = scores.map((s) => Math.exp(s - top));
            const total = p.reduce((a, s) => a + s, 0);
            for (let a = 0; a < e; a += 1) {
              let sum = 0;
              for (let j = 0; j < seen; j += 1)
                sum += (p[j] ?? 0) * (v.data[(n * nk + j) * cv + h * e + a] ?? 0);
              y[(n * nq + i) * cv + h * e + a] = sum / total;
            }
          }
      return;
    }
    case 'timestep-embedding':
    case 'number-embedding': {
      const { data: x } = of(op.op === 'timestep-embedding' ? op.t : op.x);
      const half = op.channels / 2;
      y.forEach((_, i) => {
        const j = i % op.channels;
        const angle = (x[Math.floor(i / op.channels)] ?? 0) * op.period ** (-(j % half) / (half - op.shift));
        y[i] = j < half === (op.order === 'cos-sin') ? Math.cos(angle) : Math.sin(angle);
      });
      return;
    }
    case 'embedding': {
      const table = await weight(op.table);
      const c = dims.at(-1) ?? 1;
      of(op.ids).data.forEach((id, r) => y.set(table.subarray(id * c, (id + 1) * c), r * c));
      return;
    }
    case 'pool-token': {
      const { data: x, dims: from } = of(op.x);
      const [b = 1, n = 1, c = 1] = from;
      for (let e = 0; e < b; e += 1) {
        const ids = of(op.ids).data.subarray(e * n, (e + 1) * n);
        const id = op.id ?? ids.reduce((a, v) => Math.max(a, v), -Infinity);
        const at = Math.max(0, ids.indexOf(id));
        y.set(x.subarray((e * n + at) * c, (e * n + at + 1) * c), e * c);
      }
      return;
    }
    case 'quantise': {
      const { data: x } = of(op.x);
      const codes = await weight(op.codebook);
      const [b = 1, c = 1, high = 1, wide = 1] = dims;
      const inner = high * wide;
      for (let n = 0; n < b; n += 1)
        for (let p = 0; p < inner; p += 1) {
          let [best, nearest] = [Infinity, 0];
          for (let k = 0; k < codes.length / c; k += 1) {
            let distance = 0;
            for (let d = 0; d < c; d += 1)
              distance += ((x[(n * c + d) * inner + p] ?? 0) - (codes[k * c + d] ?? 0)) ** 2;
            if (distance < best) [best, nearest] = [distance, k];
          }
          for (let d = 0; d < c; d += 1) y[(n * c + d) * inner + p] = codes[nearest * c + d] ?? 0;
        }
    }
  }
}

/** 10·log₁₀(Σ want² / Σ (got − want)²), dB. */
export function decibels(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) return -Infinity;
  let [error, signal] = [0, 0];
  for (let i = 0; i < want.length; i += 1) {
    error += ((got[i] ?? NaN) - (want[i] ?? NaN)) ** 2;
    signal += (want[i] ?? 0) ** 2;
  }
  return 10 * Math.log10(signal / error);
}
