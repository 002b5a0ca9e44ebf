/** Laying one tensor over another at a place. */
import type { Tensor, TensorOps } from '@/engine/types';
import { nchw, repeatBatch } from './latent';

/**
 * `over` laid on `under` with its top left corner at (x, y); what sticks out is cut off. Where `mask`
 * [1|B, 1, h, w] of the size of `over` is given, it blends: 1 takes `over`.
 * @returns `under` itself when they do not meet
 */
export function pasteAt(
  ops: TensorOps,
  under: Tensor,
  over: Tensor,
  at: { readonly x: number; readonly y: number },
  mask?: Tensor,
): Tensor {
  const frame = nchw(under);
  const piece = nchw(over);
  const by = {
    left: at.x,
    top: at.y,
    right: frame.width - at.x - piece.width,
    bottom: frame.height - at.y - piece.height,
  };
  const meets =
    at.x < frame.width && at.y < frame.height && at.x + piece.width > 0 && at.y + piece.height > 0;
  if (!meets) return under;
  const batch = Math.max(frame.batch, piece.batch);
  const shape = mask ?? ops.full([1, 1, piece.height, piece.width], 1);
  return ops.blend(
    repeatBatch(ops, under, batch, 'picture below'),
    ops.pad(repeatBatch(ops, over, batch, 'picture above'), by, 0),
    repeatBatch(ops, ops.pad(shape, by, 0), batch, 'mask'),
  );
}
