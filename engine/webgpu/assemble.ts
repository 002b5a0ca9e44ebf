/** A pending product with its weights asked for: K laid out segment after segment. */
import type { WeightRef } from '../types';
import { BLOCK, blocksOf, type Product, type Segment } from './product-types';
import type { Sums, View } from './types';
import type { Pending } from './values';
import type { Blit } from './weight-types';
import type { Weights } from './weights';

export function productOf(pending: Pending, out: View, sums: Sums | undefined, weights: Weights): Product {
  const { terms, paired, shape, rows } = pending;
  const columns = paired ? 2 * shape.channels : shape.channels;
  const refs: WeightRef[] = terms.map(({ weight }) => weight);
  const storage = weights.storageOf(refs);
  const segments: Segment[] = [];
  const blits: Blit[] = [];
  let row = 0;
  terms.forEach(({ operand, kernel, stride, padding, weight }, scales) => {
    let start = 0;
    const total = operand.shape.channels;
    operand.parts.forEach(({ view, up }) => {
      const segment: Segment = {
        view,
        kernel,
        stride,
        padding,
        up,
        scales,
        ...(operand.act && { act: operand.act }),
      };
      segments.push(segment);
      const { channels } = view;
      const taps = kernel[0] * kernel[1];
      blits.push({ ref: weight, row, taps, start, channels, total, column: 0, columns, scales });
      start += channels;
      row += blocksOf(segment) * BLOCK;
    });
  });
  const layer = terms[0]?.operand.layer;
  const lists = storage === 'int8' ? terms.length : 0;
  const made = weights.matrix(pending.label, {
    rows: row,
    columns,
    storage,
    blits,
    scales: lists,
    biases: pending.biases.map((ref) => ({ ref, column: 0 })),
    paired,
    ...(layer && { layer: { gamma: layer.gamma, beta: layer.beta } }),
  });
  return {
    label: pending.label,
    batch: shape.batch,
    height: rows.height,
    width: rows.width,
    columns,
    segments,
    weights: made.weights,
    storage,
    constants: made.constants,
    scales: lists,
    ...(layer && { layer: { eps: layer.eps } }),
    ...(pending.vector && { vector: pending.vector }),
    ...(pending.act && { act: pending.act }),
    geglu: paired,
    ...(pending.residual && { residual: pending.residual }),
    out,
    ...(sums && { sums }),
  };
}
