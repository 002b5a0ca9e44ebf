import type { Tensor } from '../tensor';
import { defineKind, tensor, valueSchema } from './kind';

/** float32 [B, 1, H, W] in 0…1; 1 = regenerate. */
export interface MaskValue {
  readonly kind: 'mask';
  readonly mask: Tensor;
}

export const mask = defineKind<MaskValue>({
  fields: ['batch', 'height', 'width'],
  schema: valueSchema<MaskValue>('mask', { mask: tensor }),
  array: {
    dtype: 'float32',
    axes: ['batch', 1, 'height', 'width'],
    per: 'pixel',
    of: (value) => value.mask,
  },
  tensors: (value) => [value.mask],
  known: () => ({}),
  rebuild: (value, again) => ({ ...value, mask: again(value.mask) }),
});
