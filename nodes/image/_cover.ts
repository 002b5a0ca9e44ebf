/** Pictures brought to a size. */
import type { ResizeMode, Tensor, TensorOps } from '@/engine/types';
import { nchw } from '../_shared/latent';

/** Resized; bicubic taps may shoot over and are clamped. */
export function scaledTo(
  ops: TensorOps,
  pixels: Tensor,
  width: number,
  height: number,
  mode: ResizeMode,
): Tensor {
  const to = ops.resize(pixels, height, width, mode);
  return mode === 'bicubic' ? ops.clamp(to, -1, 1) : to;
}

/** Cut to the shape of a frame in the middle, then resized to it. */
export function covering(
  ops: TensorOps,
  pixels: Tensor,
  width: number,
  height: number,
  mode: ResizeMode,
): Tensor {
  const from = nchw(pixels);
  const scale = Math.max(width / from.width, height / from.height);
  const across = Math.max(1, Math.round(width / scale)) - from.width;
  const down = Math.max(1, Math.round(height / scale)) - from.height;
  const [left, top] = [Math.ceil(across / 2), Math.ceil(down / 2)];
  const cut =
    across < 0 || down < 0
      ? ops.pad(pixels, { left, right: across - left, top, bottom: down - top }, 0)
      : pixels;
  return scaledTo(ops, cut, width, height, mode);
}
