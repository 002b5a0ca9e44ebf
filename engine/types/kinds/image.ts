import type { Tensor } from '../tensor';
import { defineKind, tensor, valueSchema } from './kind';

/** float32 [B, 3, H, W] in −1…1. */
export interface ImageValue {
  readonly kind: 'image';
  readonly pixels: Tensor;
}

export const image = defineKind<ImageValue>({
  fields: ['batch', 'height', 'width'],
  schema: valueSchema<ImageValue>('image', { pixels: tensor }),
  array: {
    dtype: 'float32',
    axes: ['batch', 3, 'height', 'width'],
    per: 'pixel',
    of: ({ pixels }) => pixels,
  },
  tensors: ({ pixels }) => [pixels],
  known: () => ({}),
  rebuild: (value, again) => ({ ...value, pixels: again(value.pixels) }),
});
