/** A description with other weights in the same places. */
import type { NetworkDescription, NetworkOp, WeightRef } from '@/engine/types';

/** Every weight of `description` replaced by what `change` gives for it. */
export function mapWeights(
  description: NetworkDescription,
  change: (ref: WeightRef) => WeightRef,
): NetworkDescription {
  return { ...description, ops: description.ops.map((op) => mapOp(op, change)) };
}

/** The weights an op takes, in the order of its fields. */
export function weightsOf(op: NetworkOp): readonly WeightRef[] {
  const refs: WeightRef[] = [];
  mapOp(op, (ref) => {
    refs.push(ref);
    return ref;
  });
  return refs;
}

function mapOp(op: NetworkOp, change: (ref: WeightRef) => WeightRef): NetworkOp {
  switch (op.op) {
    case 'conv2d':
    case 'linear': {
      const weight = change(op.weight);
      return op.bias === undefined ? { ...op, weight } : { ...op, weight, bias: change(op.bias) };
    }
    case 'group-norm':
    case 'layer-norm':
      return { ...op, weight: change(op.weight), bias: change(op.bias) };
    case 'embedding':
    case 'add-positions':
      return { ...op, table: change(op.table) };
    case 'quantise':
      return { ...op, codebook: change(op.codebook) };
    case 'activation':
    case 'geglu':
    case 'add':
    case 'add-vector':
    case 'affine':
    case 'clamp':
    case 'concat':
    case 'concat-sequence':
    case 'slice':
    case 'upsample':
    case 'pixel-shuffle':
    case 'to-tokens':
    case 'to-map':
    case 'attention':
    case 'timestep-embedding':
    case 'number-embedding':
    case 'pool-token':
      return op;
  }
}
