/** Convolutions, linear layers, norms, activations, changes of form. */
import type { Activation } from '../types';
import { CONTRIB, type GraphWriter } from './graph-writer';
import type { Lowering } from './lowering';

export const conv2d: Lowering<'conv2d'> = (g, op, { weights }) => {
  const kernel = op.weight.shape.slice(2);
  const bias = op.bias === undefined ? [] : [weights.value(op.bias)];
  return g.node(
    'Conv',
    [op.x, weights.value(op.weight), ...bias],
    { kernel_shape: kernel, pads: op.padding, strides: [op.stride, op.stride] },
    { out: op.out },
  );
};

/** Vectors by Gemm, which takes [out, in] as it lies; tokens by MatMul over the turned weight. */
export const linear: Lowering<'linear'> = (g, op, { weights, ranks }) => {
  const bias = op.bias === undefined ? [] : [weights.value(op.bias)];
  if (ranks.get(op.x) === 2)
    return g.node('Gemm', [op.x, weights.value(op.weight), ...bias], { transB: 1 }, { out: op.out });
  const product = [op.x, weights.value(op.weight, true)];
  return bias.length === 0
    ? g.node('MatMul', product, {}, { out: op.out })
    : g.node('Add', [g.node('MatMul', product), ...bias], {}, { out: op.out });
};

/** Groups as instances: GroupNormalization is slow on WebGPU (opset 21), onnxruntime's own makes no session. */
export const groupNorm: Lowering<'group-norm'> = (g, op, { weights, channels }) => {
  const { groups } = op;
  const grouped = g.node('Reshape', [op.x, g.ints([0, groups, -1])]);
  const ones = g.floats(Array<number>(groups).fill(1));
  const zeros = g.floats(Array<number>(groups).fill(0));
  const normed = g.node('InstanceNormalization', [grouped, ones, zeros], { epsilon: { float: op.eps } });
  const back = g.node('Reshape', [normed, g.node('Shape', [op.x])]);
  const each = [channels.get(op.x) ?? 1, 1, 1];
  const scale = weights.value({ ...op.weight, shape: each });
  const shift = weights.value({ ...op.bias, shape: each });
  return g.node('Add', [g.node('Mul', [back, scale]), shift], {}, { out: op.out });
};

export const layerNorm: Lowering<'layer-norm'> = (g, op, { weights }) =>
  g.node(
    'LayerNormalization',
    [op.x, weights.value(op.weight), weights.value(op.bias)],
    { axis: -1, epsilon: { float: op.eps } },
    { out: op.out },
  );

type Write = (g: GraphWriter, x: string, out: string) => string;
/** x·σ(scale·x). */
const gatedBySigmoid =
  (scale: number): Write =>
  (g, x, out) => {
    const scaled = scale === 1 ? x : g.node('Mul', [x, g.floats(scale)]);
    return g.node('Mul', [x, g.node('Sigmoid', [scaled])], {}, { out });
  };
const single =
  (op: string, domain = ''): Write =>
  (g, x, out) =>
    g.node(op, [x], {}, { out, domain });
const ACTIVATIONS: Readonly<Record<Activation, Write>> = {
  silu: gatedBySigmoid(1),
  gelu: single('Gelu', CONTRIB),
  'gelu-tanh': single('FastGelu', CONTRIB),
  'quick-gelu': gatedBySigmoid(1.702),
  relu: single('Relu'),
  tanh: single('Tanh'),
  sigmoid: single('Sigmoid'),
};
export const activation: Lowering<'activation'> = (g, op) => ACTIVATIONS[op.kind](g, op.x, op.out);

export const geglu: Lowering<'geglu'> = (g, op) => {
  const [value = '', gate = ''] = g.nodeOf('Split', [op.x], 2, { axis: -1, num_outputs: 2 });
  return g.node('Mul', [value, g.node('Gelu', [gate], {}, { domain: CONTRIB })], {}, { out: op.out });
};

export const add: Lowering<'add'> = (g, op) => g.node('Add', [op.a, op.b], {}, { out: op.out });

export const addVector: Lowering<'add-vector'> = (g, op) =>
  g.node('Add', [op.x, g.node('Unsqueeze', [op.vector, g.ints([2, 3])])], {}, { out: op.out });

export const affine: Lowering<'affine'> = (g, op) => {
  const scaled = [op.x, g.floats(op.scale)];
  return op.shift === 0
    ? g.node('Mul', scaled, {}, { out: op.out })
    : g.node('Add', [g.node('Mul', scaled), g.floats(op.shift)], {}, { out: op.out });
};

export const clamp: Lowering<'clamp'> = (g, op) =>
  g.node('Clip', [op.x, g.floats(op.low), g.floats(op.high)], {}, { out: op.out });

/** A node binds at most 8 tensors: more are joined in turns of 7. */
const JOINED = 7;
function concatenate(g: GraphWriter, xs: readonly string[], axis: number, out: string): string {
  if (xs.length <= JOINED) return g.node('Concat', xs, { axis }, { out });
  const first = g.node('Concat', xs.slice(0, JOINED), { axis });
  return concatenate(g, [first, ...xs.slice(JOINED)], axis, out);
}
export const concat: Lowering<'concat'> = (g, op, { ranks }) =>
  concatenate(g, op.xs, ranks.get(op.out) === 4 ? 1 : -1, op.out);
export const concatSequence: Lowering<'concat-sequence'> = (g, op) => concatenate(g, op.xs, 1, op.out);

export const slice: Lowering<'slice'> = (g, op, { ranks }) => {
  const axis = ranks.get(op.x) === 4 ? 1 : (ranks.get(op.x) ?? 1) - 1;
  const bounds = [g.ints([op.start]), g.ints([op.start + op.count]), g.ints([axis])];
  return g.node('Slice', [op.x, ...bounds], {}, { out: op.out });
};

export const upsample: Lowering<'upsample'> = (g, op) =>
  g.node(
    'Resize',
    [op.x, '', g.floats([1, 1, 2, 2], [4], 'float32')],
    { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    { out: op.out },
  );

export const pixelShuffle: Lowering<'pixel-shuffle'> = (g, op) =>
  g.node('DepthToSpace', [op.x], { blocksize: op.factor, mode: 'CRD' }, { out: op.out });

export const toTokens: Lowering<'to-tokens'> = (g, op) =>
  g.node('Transpose', [g.node('Reshape', [op.x, g.ints([0, 0, -1])])], { perm: [0, 2, 1] }, { out: op.out });

export const toMap: Lowering<'to-map'> = (g, op, { channels }) => {
  const columns = g.node('Transpose', [op.x], { perm: [0, 2, 1] });
  const same = channels.get(op.x) === channels.get(op.like);
  const shape = same
    ? g.node('Shape', [op.like])
    : g.node('Concat', [g.node('Shape', [columns], { end: 2 }), g.node('Shape', [op.like], { start: 2 })], {
        axis: 0,
      });
  return g.node('Reshape', [columns, shape], {}, { out: op.out });
};
