/** Every op of a description, written as ONNX and run by onnxruntime, against plain loops in double precision. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noiseData } from '@/engine/tensor/noise';
import { createBackend } from '@/engine/tensor/ort-node';
import { writeGraph } from '@/engine/onnx';
import {
  toHalf,
  type Backend,
  type NetworkDescription,
  type NetworkOp,
  type TensorData,
  type WeightDType,
  type WeightEntry,
  type WeightRef,
  type WeightStore,
} from '@/engine/types';
import { weightsOf } from '@/models/networks/map-weights';
import { readOnnxHeader } from '@/models/onnx/graph-header';
import { decibels, reference } from '../network/reference';

type Data = Readonly<Record<string, { readonly dims: readonly number[]; readonly data: TensorData }>>;

/** A store in memory of weights that are made as they are named. */
class Weights {
  readonly entries = new Map<string, WeightEntry>();
  readonly #bytes: Uint8Array[] = [];
  #size = 0;

  /** Adds a random weight as it would lie in a file and gives its name. */
  add(shape: readonly number[], dtype: WeightDType = 'float32', axis = 0): string {
    const name = `w${this.entries.size}`;
    const count = shape.reduce((a, b) => a * b, 1);
    const values = noiseData(shape, { seed: 5n, stream: this.entries.size });
    const scales = Float32Array.from({ length: shape[axis] ?? 1 }, (_, i) => 0.01 + 0.003 * i);
    const stored: Readonly<Record<WeightDType, () => ArrayBufferView>> = {
      float32: () => values,
      float16: () => toHalf(values),
      bfloat16: () => Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16),
      'int8-channels': () => Int8Array.from({ length: count }, (_, i) => ((i * 37) % 255) - 127),
    };
    const view = stored[dtype]();
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    this.entries.set(name, {
      name,
      dtype,
      shape,
      file: 0,
      offset: this.#size,
      bytes: bytes.byteLength,
      ...(dtype === 'int8-channels' && { channels: { axis, scales } }),
    });
    this.#bytes.push(bytes);
    this.#size += bytes.byteLength;
    return name;
  }
  ref(shape: readonly number[], dtype?: WeightDType): WeightRef {
    return { name: this.add(shape, dtype), shape };
  }
  store(asBlob = false): WeightStore {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const bytes of this.#bytes) {
      all.set(bytes, at);
      at += bytes.byteLength;
    }
    return {
      entries: this.entries,
      files: [{ path: 'weights', data: asBlob ? new Blob([all]) : all }],
      read: (name) => {
        const { offset = 0, bytes = 0 } = this.entries.get(name) ?? {};
        return Promise.resolve(all.slice(offset, offset + bytes));
      },
    };
  }
}

const map = { dims: [2, 4, 4, 6], data: noiseData([2, 4, 4, 6], { seed: 1n, stream: 1 }) };
const tokens = { dims: [2, 5, 8], data: noiseData([2, 5, 8], { seed: 1n, stream: 2 }) };
const context = { dims: [2, 5, 8], data: noiseData([2, 5, 8], { seed: 1n, stream: 3 }) };
const vector = { dims: [2, 4], data: noiseData([2, 4], { seed: 1n, stream: 4 }) };
const ids = { dims: [2, 5], data: Int32Array.of(9, 3, 9, 2, 1, 0, 9, 9, 9, 1) };
const labels = { dims: [2], data: Int32Array.of(3, 0) };
const steps = { dims: [2], data: Float32Array.of(999, 3.5) };
const numbers = { dims: [2, 3], data: Float32Array.of(1024, 0, 3, 768, 5, 1) };
const feeds: Data = { map, tokens, context, vector, ids, labels, steps, numbers };
const doubles = Object.fromEntries(
  Object.entries(feeds).map(([name, { dims, data }]) => [
    name,
    { dims, data: Float64Array.from(data, Number) },
  ]),
);
const inputs: NetworkDescription['inputs'] = [
  { name: 'map', dtype: 'float32', dims: ['batch', 4, 'height', 'width'] },
  { name: 'tokens', dtype: 'float32', dims: ['batch', 'sequence', 8] },
  { name: 'context', dtype: 'float32', dims: ['batch', 'sequence', 8] },
  { name: 'vector', dtype: 'float32', dims: ['batch', 4] },
  { name: 'ids', dtype: 'int32', dims: ['batch', 'sequence'] },
  { name: 'labels', dtype: 'int32', dims: ['batch'] },
  { name: 'steps', dtype: 'float32', dims: ['batch'] },
  { name: 'numbers', dtype: 'float32', dims: ['batch', 3] },
];

type Unnamed<T> = T extends unknown ? Omit<T, 'out'> : never;
type Case = readonly [name: string, make: (w: Weights) => Unnamed<NetworkOp> | readonly NetworkOp[]];

const dtypes = ['float32', 'float16', 'bfloat16', 'int8-channels'] as const;
const kinds = ['silu', 'gelu', 'gelu-tanh', 'quick-gelu', 'relu', 'tanh', 'sigmoid'] as const;
const waves = { channels: 6, shift: 1, period: 10_000 } as const;

const cases: readonly Case[] = [
  ...dtypes.map((dtype): Case => [
    `linear over tokens in ${dtype}`,
    (w) => ({ op: 'linear', x: 'tokens', weight: w.ref([6, 8], dtype), bias: w.ref([6]) }),
  ]),
  ['linear over vectors', (w) => ({ op: 'linear', x: 'vector', weight: w.ref([6, 4]), bias: w.ref([6]) })],
  ['linear without bias', (w) => ({ op: 'linear', x: 'vector', weight: w.ref([6, 4]) })],
  [
    'linear stored as [in, out] in 8 bits, a scale for each output',
    (w) => ({
      op: 'linear',
      x: 'tokens',
      weight: { name: w.add([8, 6], 'int8-channels', 1), shape: [6, 8], transposed: true },
    }),
  ],
  [
    'linear over rows of a packed weight and bias',
    (w) => ({
      op: 'linear',
      x: 'tokens',
      weight: { name: w.add([18, 8], 'float16'), shape: [6, 8], rows: { start: 6, count: 6 } },
      bias: { name: w.add([18]), shape: [6], rows: { start: 6, count: 6 } },
    }),
  ],
  [
    'linear over a 1×1 convolution',
    (w) => ({ op: 'linear', x: 'tokens', weight: { name: w.add([6, 8, 1, 1]), shape: [6, 8] } }),
  ],
  [
    'convolution, padded at the bottom and right, stride 2',
    (w) => ({
      op: 'conv2d',
      x: 'map',
      weight: w.ref([3, 4, 3, 3], 'float16'),
      bias: w.ref([3]),
      stride: 2,
      padding: [0, 0, 1, 1],
    }),
  ],
  [
    'convolution in 8 bits',
    (w) => ({
      op: 'conv2d',
      x: 'map',
      weight: w.ref([3, 4, 3, 3], 'int8-channels'),
      stride: 1,
      padding: [1, 1, 1, 1],
    }),
  ],
  [
    'group norm',
    (w) => ({ op: 'group-norm', x: 'map', weight: w.ref([4]), bias: w.ref([4]), groups: 2, eps: 1e-5 }),
  ],
  ['layer norm', (w) => ({ op: 'layer-norm', x: 'tokens', weight: w.ref([8]), bias: w.ref([8]), eps: 1e-5 })],
  ...kinds.map((kind): Case => [kind, () => ({ op: 'activation', x: 'map', kind })]),
  ['geglu', () => ({ op: 'geglu', x: 'tokens' })],
  ['add', () => ({ op: 'add', a: 'tokens', b: 'tokens' })],
  ['a vector on every pixel', () => ({ op: 'add-vector', x: 'map', vector: 'vector' })],
  ['positions', (w) => ({ op: 'add-positions', x: 'tokens', table: w.ref([7, 8]) })],
  ['affine', () => ({ op: 'affine', x: 'map', scale: 2, shift: -1 })],
  ['clamp', () => ({ op: 'clamp', x: 'map', low: -0.5, high: 0.25 })],
  ['concatenation of maps', () => ({ op: 'concat', xs: ['map', 'map', 'map'] })],
  ['concatenation of nine', () => ({ op: 'concat', xs: Array<string>(9).fill('vector') })],
  ['concatenation of tokens', () => ({ op: 'concat', xs: ['tokens', 'tokens'] })],
  ['concatenation of sequences', () => ({ op: 'concat-sequence', xs: ['tokens', 'context'] })],
  ['slice of a map', () => ({ op: 'slice', x: 'map', start: 1, count: 2 })],
  ['slice of tokens', () => ({ op: 'slice', x: 'tokens', start: 3, count: 4 })],
  ['upsampling', () => ({ op: 'upsample', x: 'map' })],
  ['pixel shuffle', () => ({ op: 'pixel-shuffle', x: 'map', factor: 2 })],
  ['tokens of a map', () => ({ op: 'to-tokens', x: 'map' })],
  [
    'a map of tokens, of as many channels and of others',
    (w) => [
      { out: 'flat', op: 'to-tokens', x: 'map' },
      { out: 'wide', op: 'linear', x: 'flat', weight: w.ref([6, 4]) },
      { out: 'back', op: 'to-map', x: 'flat', like: 'map' },
      { out: 'other', op: 'to-map', x: 'wide', like: 'map' },
      { out: 'result', op: 'concat', xs: ['back', 'other'] },
    ],
  ],
  [
    'attention to a context',
    () => ({ op: 'attention', q: 'tokens', k: 'context', v: 'context', heads: 2, causal: false }),
  ],
  [
    'causal attention',
    () => ({ op: 'attention', q: 'tokens', k: 'tokens', v: 'tokens', heads: 4, causal: true }),
  ],
  ['timesteps', () => ({ op: 'timestep-embedding', t: 'steps', order: 'cos-sin', ...waves })],
  ['numbers', () => ({ op: 'number-embedding', x: 'numbers', order: 'sin-cos', ...waves })],
  ['embedding of ids', (w) => ({ op: 'embedding', ids: 'ids', table: w.ref([10, 6], 'float16') })],
  ['embedding of labels', (w) => ({ op: 'embedding', ids: 'labels', table: w.ref([10, 6]) })],
  ['pooling at the first of an id', () => ({ op: 'pool-token', x: 'tokens', ids: 'ids', id: 9 })],
  ['pooling at the largest id', () => ({ op: 'pool-token', x: 'tokens', ids: 'ids' })],
  ['the nearest code', (w) => ({ op: 'quantise', x: 'map', codebook: w.ref([7, 4]) })],
];

let backend: Backend;
beforeAll(async () => {
  backend = await createBackend({ threads: 1 });
});
afterAll(async () => backend.dispose());

function described(make: Case[1], weights: Weights): NetworkDescription {
  const made = make(weights);
  const ops: readonly NetworkOp[] = 'op' in made ? [{ ...made, out: 'result' }] : made;
  return { name: 'one op', inputs, outputs: [{ name: 'out', value: 'result' }], ops };
}

async function ran(description: NetworkDescription, weights: WeightStore, precision: 'fp32' | 'fp16') {
  const session = await backend.createSession({ name: 'one op', description, weights, precision });
  const scope = backend.scope();
  try {
    const given = Object.entries(feeds).map(
      ([name, { data, dims }]) => [name, scope.ops.from(data, dims)] as const,
    );
    const { out } = await session.run(Object.fromEntries(given), scope.ops);
    const data = await out?.read();
    if (out === undefined || !(data instanceof Float32Array)) throw new Error('no float output');
    return { dims: out.dims, data };
  } finally {
    scope.release();
    await session.dispose();
  }
}

describe('each op', () => {
  it.each(cases)('%s', async (_, make) => {
    const weights = new Weights();
    const description = described(make, weights);
    const store = weights.store();
    const expected = (await reference(description, store, doubles))['out'];
    if (expected === undefined) throw new Error('no reference');
    const single = await ran(description, store, 'fp32');
    expect(single.dims).toEqual(expected.dims);
    expect(decibels(single.data, expected.data)).toBeGreaterThan(110);
    const half = await ran(description, store, 'fp16');
    expect(half.dims).toEqual(expected.dims);
    expect(decibels(half.data, expected.data)).toBeGreaterThan(45);
  });
});

it('a file that is a blob gives the same, and only the tensors that are needed are read of it', async () => {
  const weights = new Weights();
  weights.add([1000, 1000]);
  const description = described((w) => ({ op: 'linear', x: 'tokens', weight: w.ref([6, 8]) }), weights);
  const source = { name: 'blob', description, weights: weights.store(true), precision: 'fp32' } as const;
  const graph = await writeGraph(source);
  expect(
    graph.externalData.map(({ data }) => (data instanceof Uint8Array ? data.byteLength : 'blob')),
  ).toEqual([192]);
  const sliced = await writeGraph(source, { slices: true });
  expect(sliced.externalData.map(({ data }) => data instanceof Blob)).toEqual([true]);
  const [a, b] = [
    await ran(description, weights.store(true), 'fp32'),
    await ran(description, weights.store(), 'fp32'),
  ];
  expect(a.data).toEqual(b.data);
});

it('weights lie in the file, and no node binds more than 8 tensors', async () => {
  const weights = new Weights();
  const description = described(
    (w) =>
      cases.flatMap(([, make], i) => {
        const made = make(w);
        return 'op' in made ? [{ ...made, out: `r${i}` }] : [];
      }),
    weights,
  );
  const last = description.ops.at(-1)?.out ?? '';
  const graph = await writeGraph({
    name: 'all',
    description: { ...description, outputs: [{ name: 'out', value: last }] },
    weights: weights.store(),
    precision: 'fp32',
  });
  const header = await readOnnxHeader(graph.model, 'all');
  const external = header.initializers.filter(({ place }) => place?.kind === 'external');
  const used = new Set(description.ops.flatMap(weightsOf).map(({ name }) => name));
  expect(new Set(external.map(({ name }) => name.split(':')[0]))).toEqual(used);
  expect([...header.opsets.keys()]).toEqual(['', 'com.microsoft']);
  expect(
    Math.max(...header.nodes.map((n) => [...n.inputs, ...n.outputs].filter((x) => x !== '').length)),
  ).toBeLessThan(9);
});
