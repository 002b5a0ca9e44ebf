/** Size conditioning of SDXL (2307.01952, §2.2). */
import type { ConditioningPart } from '@/engine/types';

/**
 * Original height and width, top and left of the crop, target height and width, in pixels
 * (diffusers' `add_time_ids`). What a prompt does not say is the picture's own size, not cropped.
 */
export function sizeNumbers(
  text: ConditioningPart | undefined,
  picture: { readonly height: number; readonly width: number },
): readonly number[] {
  const sizes = text && 'context' in text ? (text.sizes ?? {}) : {};
  return [
    sizes.originalHeight ?? picture.height,
    sizes.originalWidth ?? picture.width,
    sizes.cropTop ?? 0,
    sizes.cropLeft ?? 0,
    sizes.targetHeight ?? picture.height,
    sizes.targetWidth ?? picture.width,
  ];
}
