/** Small networks that exercise each op and each fusion at odd sizes and batches, with random weights. */
import { noiseData } from '@/engine/tensor/noise';
import { toHalf } from '@/engine/types';
import type {
  Activation,
  NetworkDescription,
  NetworkOp,
  WeightDType,
  WeightEntry,
  WeightRef,
  WeightStore,
} from '@/engine/types';

/** A network, its weights, and the sizes of its inputs. */
export interface NetworkCase {
  readonly name: string;
  readonly network: NetworkDescription;
  readonly weights: WeightStore;
  readonly inputs: Readonly<
    Record<string, { readonly dims: readonly number[]; readonly data: Float32Array | Int32Array }>
  >;
  /** Relative error allowed, of the largest magnitude; 1e-5 unless said. */
  readonly within?: number;
  /** Runs in every cut that its products have; one chosen by rule unless said. */
  readonly everyCut?: boolean;
}

const bfloat = (values: Float32Array) =>
  Uint16Array.from(new Uint32Array(values.buffer), (bits) => (bits + 0x8000) >>> 16);

/** Weights drawn from noise, stored in a given way. */
class Drawn {
  readonly entries = new Map<string, WeightEntry>();
  readonly #bytes = new Map<string, Uint8Array>();

  /** A weight of this shape; its scale keeps sums of `inputs` terms near 1. */
  ref(
    shape: readonly number[],
    dtype: WeightDType = 'float32',
    options: { mean?: number; turned?: boolean } = {},
  ): WeightRef {
    const name = `w${this.entries.size}`;
    const stored = options.turned === true ? shape.toReversed() : shape;
    const fan = shape.slice(1).reduce((a, b) => a * b, 1);
    const values = noiseData(stored, { seed: 11n, stream: this.entries.size }).map(
      (v) => v / Math.sqrt(fan) + (options.mean ?? 0),
    );
    const axis = options.turned === true ? stored.length - 1 : 0;
    const inner = stored.slice(axis + 1).reduce((a, b) => a * b, 1);
    const count = stored[axis] ?? 1;
    const scales = Float32Array.from({ length: count }, (_, i) => 0.01 + 0.002 * (i % 5));
    const bytes = {
      float32: () => new Uint8Array(values.buffer),
      float16: () => new Uint8Array(toHalf(values).buffer),
      bfloat16: () => new Uint8Array(bfloat(values).buffer),
      'int8-channels': () =>
        new Uint8Array(
          Int8Array.from(values, (v, i) =>
            Math.max(-127, Math.min(127, Math.round(v / (scales[Math.floor(i / inner) % count] ?? 1)))),
          ).buffer,
        ),
    }[dtype]();
    const channels = dtype === 'int8-channels' ? { channels: { axis, scales } } : {};
    this.entries.set(name, {
      name,
      dtype,
      shape: stored,
      file: 0,
      offset: 0,
      bytes: bytes.byteLength,
      ...channels,
    });
    this.#bytes.set(name, bytes);
    return { name, shape, ...(options.turned === true && { transposed: true }) };
  }

  store(): WeightStore {
    return {
      entries: this.entries,
      files: [],
      read: (name) => Promise.resolve(this.#bytes.get(name) ?? new Uint8Array()),
    };
  }
}

type Unnamed<T> = T extends unknown ? Omit<T, 'out'> : never;
type Build = (make: {
  readonly weights: Drawn;
  /** Adds an op and gives its value. */
  readonly add: (op: Unnamed<NetworkOp>) => string;
}) => string | readonly string[];

/** A case with inputs of the given shapes (`x`, `y`, …): floats are noise, ids are whole numbers below 17. */
function one(
  name: string,
  shapes: Readonly<Record<string, readonly number[]>>,
  build: Build,
  extra: { readonly ids?: readonly string[]; readonly within?: number; readonly everyCut?: boolean } = {},
): NetworkCase {
  const weights = new Drawn();
  const ops: NetworkOp[] = [];
  const add = (op: Unnamed<NetworkOp>) => {
    const out = `v${ops.length}`;
    ops.push({ ...op, out });
    return out;
  };
  const results = [build({ weights, add })].flat();
  const isId = (input: string) => extra.ids?.includes(input) === true;
  return {
    name: `${name} ${Object.values(shapes)
      .map((dims) => `[${dims.join(', ')}]`)
      .join(' ')}`,
    network: {
      name,
      inputs: Object.entries(shapes).map(([input, dims]) => ({
        name: input,
        dtype: isId(input) ? 'int32' : 'float32',
        dims,
      })),
      outputs: results.map((value, i) => ({ name: `out${i}`, value })),
      ops,
    },
    weights: weights.store(),
    inputs: Object.fromEntries(
      Object.entries(shapes).map(([input, dims], stream) => {
        const noise = noiseData(dims, { seed: 3n, stream });
        return [
          input,
          {
            dims,
            data: isId(input) ? Int32Array.from(noise, (v) => Math.floor(Math.abs(v) * 1e6) % 17) : noise,
          },
        ];
      }),
    ),
    ...(extra.within !== undefined && { within: extra.within }),
    ...(extra.everyCut !== undefined && { everyCut: extra.everyCut }),
  };
}

const conv = (
  { weights, add }: Parameters<Build>[0],
  x: string,
  shape: readonly [number, number, number, number],
  options: {
    dtype?: WeightDType;
    stride?: 1 | 2;
    padding?: readonly [number, number, number, number];
    bias?: boolean;
  } = {},
) => {
  const pad = (shape[2] - 1) / 2;
  return add({
    op: 'conv2d',
    x,
    weight: weights.ref(shape, options.dtype),
    ...(options.bias !== false && { bias: weights.ref([shape[0]], 'float16') }),
    stride: options.stride ?? 1,
    padding: options.padding ?? [pad, pad, pad, pad],
  });
};
const linear = (
  { weights, add }: Parameters<Build>[0],
  x: string,
  shape: readonly [number, number],
  options: { dtype?: WeightDType; turned?: boolean; bias?: boolean } = {},
) =>
  add({
    op: 'linear',
    x,
    weight: weights.ref(shape, options.dtype, { turned: options.turned === true }),
    ...(options.bias !== false && { bias: weights.ref([shape[0]]) }),
  });
const norm = ({ weights, add }: Parameters<Build>[0], x: string, channels: number, groups: number) =>
  add({
    op: 'group-norm',
    x,
    weight: weights.ref([channels], 'float16', { mean: 1 }),
    bias: weights.ref([channels]),
    groups,
    eps: 1e-5,
  });
const layerNorm = ({ weights, add }: Parameters<Build>[0], x: string, channels: number) =>
  add({
    op: 'layer-norm',
    x,
    weight: weights.ref([channels], 'float32', { mean: 1 }),
    bias: weights.ref([channels]),
    eps: 1e-5,
  });

const dtypes: readonly WeightDType[] = ['float32', 'float16', 'bfloat16', 'int8-channels'];
const activations: readonly Activation[] = [
  'silu',
  'gelu',
  'gelu-tanh',
  'quick-gelu',
  'relu',
  'tanh',
  'sigmoid',
];

export const networkCases: readonly NetworkCase[] = [
  // Convolutions: odd sides, channels that fill no vector, strides, borders, all storages.
  ...dtypes.flatMap((dtype) => [
    one(`conv 3×3 ${dtype}`, { x: [2, 5, 7, 9] }, (m) => conv(m, 'x', [6, 5, 3, 3], { dtype })),
    one(`conv 3×3 ${dtype}`, { x: [1, 32, 8, 8] }, (m) => conv(m, 'x', [40, 32, 3, 3], { dtype })),
  ]),
  one('conv 1×1', { x: [3, 20, 5, 3] }, (m) => conv(m, 'x', [12, 20, 1, 1])),
  one('conv 4×4 stride 2', { x: [2, 3, 12, 10] }, (m) =>
    conv(m, 'x', [8, 3, 4, 4], { stride: 2, padding: [1, 1, 1, 1] }),
  ),
  one('conv stride 2, border below and right', { x: [1, 8, 9, 6] }, (m) =>
    conv(m, 'x', [8, 8, 3, 3], { stride: 2, padding: [0, 0, 1, 1] }),
  ),
  one('conv to 3 channels', { x: [2, 36, 11, 13] }, (m) => conv(m, 'x', [3, 36, 3, 3]), { everyCut: true }),
  one('conv with its K split', { x: [1, 96, 4, 4] }, (m) =>
    conv(m, 'x', [64, 96, 3, 3], { dtype: 'int8-channels' }),
  ),
  one('conv on one cell', { x: [5, 16, 1, 1] }, (m) => conv(m, 'x', [16, 16, 3, 3])),
  // Linear layers: tokens and vectors, turned weights, long and short.
  ...dtypes.flatMap((dtype) =>
    [false, true].map((turned) =>
      one(`linear ${dtype}${turned ? ', turned' : ''}`, { x: [2, 7, 20] }, (m) =>
        linear(m, 'x', [24, 20], { dtype, turned }),
      ),
    ),
  ),
  one('linear of a vector', { x: [3, 48] }, (m) => linear(m, 'x', [10, 48])),
  one('linear of odd widths', { x: [2, 5, 13] }, (m) => linear(m, 'x', [11, 13])),
  one('linear, packed rows', { x: [1, 6, 16] }, ({ weights, add }) => {
    const whole = weights.ref([48, 16], 'int8-channels');
    const weight = { name: whole.name, shape: [16, 16], rows: { start: 16, count: 16 } };
    return add({ op: 'linear', x: 'x', weight });
  }),
  // What is done after a product.
  ...activations.map((kind) =>
    one(`linear, then ${kind}`, { x: [2, 9, 16] }, (m) =>
      m.add({ op: 'activation', x: linear(m, 'x', [18, 16]), kind }),
    ),
  ),
  ...activations.map((kind) =>
    one(`${kind} alone`, { x: [2, 3, 5, 7] }, ({ add }) => add({ op: 'activation', x: 'x', kind })),
  ),
  one('conv, vector, SiLU, residual', { x: [2, 16, 6, 5], t: [2, 16] }, (m) => {
    const added = m.add({ op: 'add-vector', x: conv(m, 'x', [16, 16, 3, 3]), vector: 't' });
    return m.add({ op: 'add', a: m.add({ op: 'activation', x: added, kind: 'silu' }), b: 'x' });
  }),
  one('two products added', { x: [2, 16, 6, 5], y: [2, 12, 6, 5] }, (m) => {
    const [a, b] = [
      conv(m, 'x', [24, 16, 3, 3], { dtype: 'int8-channels' }),
      conv(m, 'y', [24, 12, 1, 1], { dtype: 'int8-channels' }),
    ];
    return m.add({ op: 'add', a, b });
  }),
  one('GEGLU of a product', { x: [2, 5, 12] }, (m) =>
    m.add({ op: 'geglu', x: linear(m, 'x', [32, 12], { dtype: 'int8-channels' }) }),
  ),
  one('GEGLU alone', { x: [2, 5, 12] }, ({ add }) => add({ op: 'geglu', x: 'x' })),
  one('GEGLU of odd halves', { x: [2, 5, 12] }, (m) => m.add({ op: 'geglu', x: linear(m, 'x', [14, 12]) })),
  // Normalisations, while loading and alone; groups that cross the border of joined maps.
  one('group norm, SiLU, conv', { x: [2, 32, 5, 7] }, (m) =>
    conv(m, m.add({ op: 'activation', x: norm(m, 'x', 32, 8), kind: 'silu' }), [16, 32, 3, 3]),
  ),
  one('conv, group norm, conv, group norm, conv', { x: [2, 16, 9, 7] }, (m) => {
    const first = norm(m, conv(m, 'x', [32, 16, 3, 3]), 32, 32);
    const second = norm(m, conv(m, first, [24, 32, 3, 3]), 24, 3);
    return conv(m, m.add({ op: 'activation', x: second, kind: 'silu' }), [4, 24, 3, 3]);
  }),
  one('group norm alone', { x: [3, 10, 4, 5] }, (m) => norm(m, 'x', 10, 5)),
  one('group norm of a far mean', { x: [1, 8, 16, 16] }, (m) => {
    const far = m.add({ op: 'affine', x: 'x', scale: 1, shift: 3 });
    return conv(m, norm(m, far, 8, 2), [8, 8, 1, 1]);
  }),
  one('joined maps, group norm across, conv and skip', { x: [2, 18, 5, 4], y: [2, 14, 5, 4] }, (m) => {
    const both = m.add({ op: 'concat', xs: ['x', 'y'] });
    const h = conv(m, m.add({ op: 'activation', x: norm(m, both, 32, 8), kind: 'silu' }), [16, 32, 3, 3]);
    return m.add({ op: 'add', a: conv(m, both, [16, 32, 1, 1]), b: h });
  }),
  one('a residual block as the U-Net has it', { x: [2, 16, 8, 6], y: [2, 16, 8, 6], t: [2, 20] }, (m) => {
    const both = m.add({ op: 'concat', xs: ['x', 'y'] });
    const first = m.add({ op: 'activation', x: norm(m, both, 32, 32), kind: 'silu' });
    const options = { dtype: 'int8-channels' } as const;
    const vector = m.add({ op: 'slice', x: linear(m, 't', [40, 20]), start: 8, count: 24 });
    const h = m.add({ op: 'add-vector', x: conv(m, first, [24, 32, 3, 3], options), vector });
    const second = m.add({ op: 'activation', x: norm(m, h, 24, 8), kind: 'silu' });
    return m.add({
      op: 'add',
      a: conv(m, both, [24, 32, 1, 1], options),
      b: conv(m, second, [24, 24, 3, 3], options),
    });
  }),
  one('layer norm alone', { x: [2, 5, 22] }, (m) => layerNorm(m, 'x', 22)),
  ...(['float32', 'int8-channels'] as const).map((dtype) =>
    one(`layer norm, linear ${dtype}`, { x: [2, 9, 28] }, (m) =>
      linear(m, layerNorm(m, 'x', 28), [36, 28], { dtype, turned: true }),
    ),
  ),
  one(
    'layer norm, GEGLU, residual',
    { x: [2, 9, 16] },
    (m) => {
      const wide = linear(m, layerNorm(m, 'x', 16), [128, 16], { dtype: 'int8-channels' });
      return m.add({ op: 'add', a: 'x', b: linear(m, m.add({ op: 'geglu', x: wide }), [16, 64]) });
    },
    { everyCut: true },
  ),
  // Attention: widths that fill vectors and that do not, one key, many, causal, values of another width.
  ...(
    [
      [1, 8, 8, 1, 4],
      [2, 33, 17, 2, 8],
      [1, 70, 70, 3, 40],
      [2, 20, 77, 1, 64],
      [1, 17, 40, 1, 160],
      [1, 5, 9, 2, 5],
      [1, 6, 1, 2, 16],
      [1, 9, 70, 1, 264],
      // Many workgroups: two queries a thread.
      [4, 1050, 21, 2, 16],
    ] as const
  ).flatMap(([b, n, k, heads, d]) => [
    one(
      `attention, ${heads} heads of ${d}`,
      { q: [b, n, heads * d], k: [b, k, heads * d], v: [b, k, heads * d] },
      ({ add }) => add({ op: 'attention', q: 'q', k: 'k', v: 'v', heads, causal: false }),
    ),
  ]),
  ...[3, 16, 40, 61].map((n) =>
    one('causal attention', { x: [2, n, 48] }, (m) => {
      const packed = linear(m, 'x', [144, 48]);
      const part = (i: number) => m.add({ op: 'slice', x: packed, start: 48 * i, count: 48 });
      return m.add({ op: 'attention', q: part(0), k: part(1), v: part(2), heads: 3, causal: true });
    }),
  ),
  one('causal attention of odd heads', { x: [2, 19, 30] }, ({ add }) =>
    add({ op: 'attention', q: 'x', k: 'x', v: 'x', heads: 3, causal: true }),
  ),
  one('attention to wider values', { q: [2, 35, 16], k: [2, 33, 16], v: [2, 33, 32] }, ({ add }) =>
    add({ op: 'attention', q: 'q', k: 'k', v: 'v', heads: 1, causal: false }),
  ),
  // Shapes and places.
  one('upsample, conv', { x: [2, 12, 3, 5] }, (m) =>
    conv(m, m.add({ op: 'upsample', x: 'x' }), [8, 12, 3, 3]),
  ),
  one('upsample twice', { x: [1, 3, 3, 2] }, ({ add }) =>
    add({ op: 'upsample', x: add({ op: 'upsample', x: 'x' }) }),
  ),
  one('upsample, group norm', { x: [2, 8, 3, 5] }, (m) => norm(m, m.add({ op: 'upsample', x: 'x' }), 8, 2)),
  one('concat of maps', { x: [2, 3, 2, 3], y: [2, 5, 2, 3], z: [2, 4, 2, 3], w: [2, 1, 2, 3] }, ({ add }) =>
    add({ op: 'concat', xs: ['x', 'y', 'z', 'w'] }),
  ),
  one('concat of tokens and vectors', { x: [2, 3, 6], y: [2, 3, 5], u: [2, 7], v: [2, 2] }, ({ add }) => [
    add({ op: 'concat', xs: ['x', 'y'] }),
    add({ op: 'concat', xs: ['u', 'v'] }),
  ]),
  one('concat of tokens along the sequence', { x: [2, 3, 6], y: [2, 4, 6] }, ({ add }) =>
    add({ op: 'concat-sequence', xs: ['x', 'y'] }),
  ),
  one('slices', { x: [2, 13, 3, 2], y: [2, 4, 16] }, ({ add }) => [
    add({ op: 'slice', x: 'x', start: 3, count: 5 }),
    add({ op: 'slice', x: 'y', start: 4, count: 8 }),
  ]),
  one('pixel shuffle', { x: [2, 12, 3, 5] }, ({ add }) => add({ op: 'pixel-shuffle', x: 'x', factor: 2 })),
  one('pixel shuffle by 3', { x: [1, 18, 2, 3] }, ({ add }) =>
    add({ op: 'pixel-shuffle', x: 'x', factor: 3 }),
  ),
  one('map to tokens, linear, back', { x: [2, 8, 3, 5] }, (m) => {
    const tokens = linear(m, m.add({ op: 'to-tokens', x: norm(m, 'x', 8, 4) }), [8, 8]);
    return m.add({ op: 'add', a: 'x', b: m.add({ op: 'to-map', x: tokens, like: 'x' }) });
  }),
  one('affine, clamp, add', { x: [2, 5, 3, 2] }, ({ add }) =>
    add({
      op: 'add',
      a: add({ op: 'clamp', x: add({ op: 'affine', x: 'x', scale: 2, shift: -0.5 }), low: -1, high: 0.75 }),
      b: 'x',
    }),
  ),
  one('a value added to itself', { x: [2, 5, 3, 2] }, ({ add }) => add({ op: 'add', a: 'x', b: 'x' })),
  one('add vector alone', { x: [2, 5, 3, 2], t: [2, 5] }, ({ add }) =>
    add({ op: 'add-vector', x: 'x', vector: 't' }),
  ),
  // Ids, timesteps, tables.
  ...(['float32', 'float16', 'bfloat16', 'int8-channels'] as const).map((dtype) =>
    one(
      `embedding ${dtype}, positions`,
      { i: [2, 7] },
      ({ weights, add }) => {
        const words = add({ op: 'embedding', ids: 'i', table: weights.ref([17, 10], dtype) });
        return add({ op: 'add-positions', x: words, table: weights.ref([9, 10], dtype) });
      },
      { ids: ['i'] },
    ),
  ),
  one(
    'pooled token',
    { x: [3, 6, 5], i: [3, 6] },
    ({ add }) => [
      add({ op: 'pool-token', x: 'x', ids: 'i' }),
      add({ op: 'pool-token', x: 'x', ids: 'i', id: 9 }),
    ],
    { ids: ['i'] },
  ),
  one(
    'timestep embedding',
    { t: [3] },
    ({ add }) => {
      const t = add({ op: 'affine', x: 't', scale: 300, shift: 400 });
      return [
        add({ op: 'timestep-embedding', t, channels: 32, order: 'cos-sin', shift: 0, period: 10000 }),
        add({ op: 'timestep-embedding', t, channels: 10, order: 'sin-cos', shift: 1, period: 10000 }),
      ];
      // A sine of hundreds of radians: an ulp of the angle is 3e-5.
    },
    { within: 1e-4 },
  ),
  one('number embedding', { x: [2, 6] }, ({ add }) =>
    add({ op: 'number-embedding', x: 'x', channels: 8, order: 'cos-sin', shift: 0, period: 10000 }),
  ),
  one('quantise', { x: [2, 3, 4, 5] }, ({ weights, add }) =>
    add({ op: 'quantise', x: 'x', codebook: weights.ref([33, 3], 'float16') }),
  ),
];
