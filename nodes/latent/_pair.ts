/** Nodes that make one latent of two. */
import type { z } from 'zod';
import {
  LoomError,
  broadcast,
  defineNode,
  port,
  v,
  type LatentValue,
  type NodeDef,
  type Tensor,
  type TensorOps,
} from '@/engine/types';
import { latentFields, nchw, repeatBatch, sameSpace, withSamples } from '../_shared/latent';

/** Throws `bad-input` unless both latents are of one space, size and noise level; their batches may differ. */
export function alike(a: LatentValue, b: LatentValue): void {
  sameSpace(a.space, b.space, 'b');
  if (a.noisy?.sigma !== b.noisy?.sigma) {
    throw new LoomError('bad-input', 'The latents are at different noise levels.', { port: 'b' });
  }
  const one = nchw(a.samples);
  const other = nchw(b.samples);
  if (one.height !== other.height || one.width !== other.width) {
    throw new LoomError(
      'bad-input',
      `The latents are ${one.width}×${one.height} and ${other.width}×${other.height} cells.`,
      { port: 'b' },
      { fix: 'Resize, crop or pad one of them.' },
    );
  }
}

/** Both samples at one batch size (a batch of 1 is repeated). Throws as {@link alike}. */
export function matched(
  ops: TensorOps,
  a: LatentValue,
  b: LatentValue,
): { readonly a: Tensor; readonly b: Tensor } {
  alike(a, b);
  const batch = Math.max(nchw(a.samples).batch, nchw(b.samples).batch);
  return {
    a: repeatBatch(ops, a.samples, batch, 'first latent'),
    b: repeatBatch(ops, b.samples, batch, 'second latent'),
  };
}

const fields = { ...latentFields(), batch: broadcast(v('B')) };
const inputs = {
  a: port('latent', fields),
  b: port('latent', fields, { doc: 'Of the same size; a batch of 1 is repeated.' }),
};
const outputs = { latent: port('latent', latentFields()) };

/** A node that puts out weightA·A + weightB·B, the weights following from its parameters. */
export function weightedSum<S extends z.ZodObject>({
  weights,
  ...about
}: Pick<NodeDef<typeof inputs, typeof outputs, S>, 'id' | 'title' | 'doc' | 'aliases' | 'params'> & {
  readonly weights: (params: z.output<S>) => readonly [number, number];
}): NodeDef<typeof inputs, typeof outputs, S> {
  return defineNode({
    ...about,
    version: 1,
    category: 'latent',
    inputs,
    outputs,
    run({ inputs: given, params, runtime }) {
      const { a, b } = matched(runtime.ops, given.a, given.b);
      const [onA, onB] = weights(params);
      const samples = runtime.ops.linear([
        [onA, a],
        [onB, b],
      ]);
      return Promise.resolve({ latent: withSamples(given.a, samples) });
    },
  });
}
