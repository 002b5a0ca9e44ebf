/** Nodes that take two images. */
import { LoomError, type ImageValue, type Tensor, type TensorOps } from '@/engine/types';
import { nchw, repeatBatch } from '../_shared/latent';

/** Both pixel tensors at one batch size. Throws `bad-input` when the sizes differ. */
export function matchedImages(
  ops: TensorOps,
  a: ImageValue,
  b: ImageValue,
): { readonly a: Tensor; readonly b: Tensor } {
  const one = nchw(a.pixels);
  const other = nchw(b.pixels);
  if (one.height !== other.height || one.width !== other.width) {
    throw new LoomError(
      'bad-input',
      `The images are ${one.width}×${one.height} and ${other.width}×${other.height} pixels.`,
      { port: 'b' },
      { fix: 'Resize or crop one of them.' },
    );
  }
  const batch = Math.max(one.batch, other.batch);
  return {
    a: repeatBatch(ops, a.pixels, batch, 'first image'),
    b: repeatBatch(ops, b.pixels, batch, 'second image'),
  };
}
