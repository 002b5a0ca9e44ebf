/** How many channels each value of a description has: all that a graph of free sizes must know. */
import type { NetworkDescription, NetworkOp, ValueId } from '../types';

/** Ids and timesteps have 1. */
export function channelsOf({ inputs, ops }: NetworkDescription): ReadonlyMap<ValueId, number> {
  const channels = new Map<ValueId, number>();
  for (const { name, dims } of inputs) {
    const own = dims.length === 4 ? dims[1] : dims.length > 1 ? dims.at(-1) : 1;
    channels.set(name, typeof own === 'number' ? own : 1);
  }
  const of = (id: ValueId) => channels.get(id) ?? 1;
  for (const op of ops) channels.set(op.out, outOf(op, of));
  return channels;
}

function outOf(op: NetworkOp, of: (id: ValueId) => number): number {
  switch (op.op) {
    case 'conv2d':
    case 'linear':
      return op.weight.shape[0] ?? 1;
    case 'embedding':
      return op.table.shape[1] ?? 1;
    case 'geglu':
      return of(op.x) / 2;
    case 'concat':
      return op.xs.reduce((total, x) => total + of(x), 0);
    case 'concat-sequence':
      return of(op.xs[0] ?? '');
    case 'slice':
      return op.count;
    case 'pixel-shuffle':
      return of(op.x) / op.factor ** 2;
    case 'attention':
      return of(op.v);
    case 'timestep-embedding':
      return op.channels;
    case 'number-embedding':
      return of(op.x) * op.channels;
    case 'add':
      return of(op.a);
    case 'group-norm':
    case 'layer-norm':
    case 'activation':
    case 'add-vector':
    case 'add-positions':
    case 'affine':
    case 'clamp':
    case 'upsample':
    case 'to-tokens':
    case 'to-map':
    case 'pool-token':
    case 'quantise':
      return of(op.x);
  }
}
