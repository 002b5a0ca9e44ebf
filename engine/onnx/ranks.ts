/** The rank of each value of a description. */
import type { NetworkDescription, NetworkOp, ValueId } from '../types';

/** 4 maps, 3 tokens, 2 vectors and ids, 1 timesteps and labels. */
export function ranksOf({ inputs, ops }: NetworkDescription): ReadonlyMap<ValueId, number> {
  const ranks = new Map<ValueId, number>(inputs.map(({ name, dims }) => [name, dims.length]));
  const of = (id: ValueId) => ranks.get(id) ?? 0;
  for (const op of ops) ranks.set(op.out, rankOf(op, of));
  return ranks;
}

function rankOf(op: NetworkOp, of: (id: ValueId) => number): number {
  switch (op.op) {
    case 'to-tokens':
      return 3;
    case 'to-map':
      return 4;
    case 'timestep-embedding':
    case 'number-embedding':
    case 'pool-token':
      return 2;
    case 'embedding':
      return of(op.ids) + 1;
    case 'concat':
    case 'concat-sequence':
      return of(op.xs[0] ?? '');
    case 'attention':
      return of(op.q);
    case 'add':
      return of(op.a);
    case 'conv2d':
    case 'linear':
    case 'group-norm':
    case 'layer-norm':
    case 'activation':
    case 'geglu':
    case 'add-vector':
    case 'add-positions':
    case 'affine':
    case 'clamp':
    case 'slice':
    case 'upsample':
    case 'pixel-shuffle':
    case 'quantise':
      return of(op.x);
  }
}
