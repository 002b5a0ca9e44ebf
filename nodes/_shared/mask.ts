/** Masks at the size of a latent. */
import type { Tensor, TensorOps } from '@/engine/types';

/**
 * A mask of any size as one of the latent's, in pixels: each latent cell is one block of one value. The
 * value is the bilinear sample at the cell's middle, as ComfyUI brings noise masks to latents.
 */
export function maskInBlocks(
  ops: TensorOps,
  mask: Tensor,
  size: { readonly height: number; readonly width: number },
  factor: number,
): Tensor {
  const cells = ops.resize(mask, size.height, size.width, 'bilinear');
  return factor === 1 ? cells : ops.resize(cells, size.height * factor, size.width * factor, 'nearest');
}
