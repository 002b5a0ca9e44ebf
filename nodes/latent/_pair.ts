/** Nodes that make one latent of two. */
import { LoomError, type LatentValue, type Tensor, type TensorOps } from '@/engine/types';
import { nchw, repeatBatch, sameSpace } from '../_shared/latent';

/** Both samples at one batch size (a batch of 1 is repeated). Throws `bad-input` when spaces, sizes or noise levels differ. */
export function matched(
  ops: TensorOps,
  a: LatentValue,
  b: LatentValue,
): { readonly a: Tensor; readonly b: Tensor } {
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
      { mend: 'Resize, crop or pad one of them.' },
    );
  }
  const batch = Math.max(one.batch, other.batch);
  return {
    a: repeatBatch(ops, a.samples, batch, 'first latent'),
    b: repeatBatch(ops, b.samples, batch, 'second latent'),
  };
}
