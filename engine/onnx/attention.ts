/** Attention: onnxruntime's fused operator where it serves, plain products where a token sees only those before it. */
import { CONTRIB, type GraphWriter } from './graph-writer';
import type { Lowering } from './lowering';

/**
 * softmax(Q·Kᵀ/√d)·V. The fused operator's causal option is not to be had on every backend; causal attention is that of
 * text encoders, which are small.
 */
export const attention: Lowering<'attention'> = (g, op, { channels, longest }) => {
  const { q, k, v, heads } = op;
  if (!op.causal)
    return g.node('MultiHeadAttention', [q, k, v], { num_heads: heads }, { out: op.out, domain: CONTRIB });
  const width = (channels.get(q) ?? heads) / heads;
  const split = (x: string, perm: readonly number[]) =>
    g.node('Transpose', [g.node('Reshape', [x, g.ints([0, 0, heads, -1])])], { perm });
  // Both sides take a part of 1/√d, so that the products stay small in half precision.
  const scale = g.floats(width ** -0.25);
  const queries = g.node('Mul', [split(q, [0, 2, 1, 3]), scale]);
  const keys = g.node('Mul', [split(k, [0, 2, 3, 1]), scale]);
  const scores = g.node('Add', [g.node('MatMul', [queries, keys]), mask(g, q, longest)]);
  const weights = g.node('Softmax', [scores], { axis: -1 });
  const mixed = g.node('MatMul', [weights, split(v, [0, 2, 1, 3])]);
  const joined = g.node('Transpose', [mixed], { perm: [0, 2, 1, 3] });
  return g.node('Reshape', [joined, g.ints([0, 0, -1])], {}, { out: op.out });
};

/**
 * [N, N]: 0 where column ≤ row, else so low that its weight is 0 (−∞ would make 0 · ∞ in fused kernels). Cut from
 * a constant for the longest sequence: Range over a size that only the run tells fails on WebGPU.
 */
function mask(g: GraphWriter, x: string, longest: number): string {
  const rows = Array.from({ length: longest }, (_, row) =>
    Array.from({ length: longest }, (__, column) => (column <= row ? 0 : -60_000)),
  );
  const whole = g.floats(rows.flat(), [longest, longest]);
  const length = g.node('Shape', [x], { start: 1, end: 2 });
  const ends = g.node('Concat', [length, length], { axis: 0 });
  return g.node('Slice', [whole, g.ints([0, 0]), ends, g.ints([0, 1])]);
}
