/** Ids, positions and numbers to vectors. */
import type { GraphWriter } from './graph-writer';
import type { Lowering, OpOf } from './lowering';

export const embedding: Lowering<'embedding'> = (g, op, { weights }) =>
  g.node('Gather', [weights.value(op.table), op.ids], { axis: 0 }, { out: op.out });

export const addPositions: Lowering<'add-positions'> = (g, op, { weights }) => {
  const length = g.node('Shape', [op.x], { start: 1, end: 2 });
  const rows = g.node('Slice', [weights.value(op.table), g.ints([0]), length, g.ints([0])]);
  return g.node('Add', [op.x, rows], {}, { out: op.out });
};

/** Cosines and sines are of float32 whatever is computed in: half precision knows no 999·ω. */
function waves(
  g: GraphWriter,
  x: string,
  {
    channels,
    order,
    shift,
    period,
  }: Pick<OpOf<'number-embedding'>, 'channels' | 'order' | 'shift' | 'period'>,
): string {
  const half = Math.floor(channels / 2);
  const rates = Array.from({ length: half }, (_, i) => period ** (-i / (half - shift)));
  const angles = g.node('Mul', [g.node('Unsqueeze', [x, g.ints([-1])]), g.floats(rates, [half], 'float32')]);
  const parts = [g.node('Cos', [angles]), g.node('Sin', [angles])];
  const joined = g.node('Concat', order === 'cos-sin' ? parts : parts.toReversed(), { axis: -1 });
  return g.float === 'float32' ? joined : g.cast(joined, g.float);
}

/** Inputs of numbers are float32 (see `writeGraph`). */
export const timestepEmbedding: Lowering<'timestep-embedding'> = (g, op) =>
  g.node('Identity', [waves(g, op.t, op)], {}, { out: op.out });

export const numberEmbedding: Lowering<'number-embedding'> = (g, op) =>
  g.node('Reshape', [waves(g, op.x, op), g.ints([0, -1])], {}, { out: op.out });

/** The first place of the token, or of the largest id: ArgMax takes the first of equal ones. */
export const poolToken: Lowering<'pool-token'> = (g, op) => {
  const marks = op.id === undefined ? op.ids : g.cast(g.node('Equal', [op.ids, g.int32(op.id)]), 'int32');
  const place = g.node('ArgMax', [marks], { axis: 1, keepdims: 1 });
  return g.node('GatherND', [op.x, place], { batch_dims: 1 }, { out: op.out });
};

/** Cells → the nearest of K codes: ‖z − e‖² without the part that is equal for all. */
export const quantise: Lowering<'quantise'> = (g, op, { weights }) => {
  const codes = weights.value(op.codebook);
  const cells = g.node('Transpose', [op.x], { perm: [0, 2, 3, 1] });
  const squares = g.node('ReduceSum', [g.node('Mul', [codes, codes]), g.ints([1])], { keepdims: 0 });
  const products = g.node('MatMul', [cells, weights.value(op.codebook, true)]);
  const distances = g.node('Sub', [squares, g.node('Mul', [products, g.floats(2)])]);
  const nearest = g.node('ArgMin', [distances], { axis: -1, keepdims: 0 });
  const found = g.node('Gather', [codes, nearest], { axis: 0 });
  return g.node('Transpose', [found], { perm: [0, 3, 1, 2] }, { out: op.out });
};
