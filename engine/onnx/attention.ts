/** Attention: onnxruntime's fused operator where it serves, plain products where a token sees only those before it. */
import { CONTRIB, type GraphWriter } from './graph-writer';
import type { Lowering } from './lowering';

/**
 * softmax(Q·Kᵀ/√d)·V. The fused operator's causal option is not to be had on every backend; causal attention is that of
 * text encoders, which are small.
 */
export const attention: Lowering<'attention'> = (g, op, { channels }) => {
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
  const scores = g.node('Add', [g.node('MatMul', [queries, keys]), mask(g, q)]);
  const weights = g.node('Softmax', [scores], { axis: -1 });
  const mixed = g.node('MatMul', [weights, split(v, [0, 2, 1, 3])]);
  const joined = g.node('Transpose', [mixed], { perm: [0, 2, 1, 3] });
  return g.node('Reshape', [joined, g.ints([0, 0, -1])], {}, { out: op.out });
};

/** [N, N]: 0 where column ≤ row, else so low that its weight is 0 (−∞ would make 0 · ∞ in fused kernels). */
function mask(g: GraphWriter, x: string): string {
  const length = g.node('Squeeze', [g.node('Shape', [x], { start: 1, end: 2 })]);
  const positions = g.node('Range', [g.ints(0), length, g.ints(1)]);
  const rows = g.node('Unsqueeze', [positions, g.ints([1])]);
  const columns = g.node('Unsqueeze', [positions, g.ints([0])]);
  const seen = g.node('LessOrEqual', [columns, rows]);
  return g.node('Where', [seen, g.floats(0), g.floats(-60_000)]);
}
