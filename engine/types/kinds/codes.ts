import type { LatentSpaceInfo } from '../model';
import type { Tensor } from '../tensor';
import { defineKind, space, spaceFields, tensor, valueSchema } from './kind';

/** int32 [B, h, w]: VQ codebook indices. */
export interface CodesValue {
  readonly kind: 'codes';
  readonly space: LatentSpaceInfo;
  readonly codes: Tensor;
}

export const codes = defineKind<CodesValue>({
  /** `size`: entries of the codebook. */
  fields: ['space', 'channels', 'factor', 'size', 'batch', 'height', 'width'],
  schema: valueSchema<CodesValue>('codes', { space, codes: tensor }),
  array: { dtype: 'int32', axes: ['batch', 'height', 'width'], per: 'cell', of: (value) => value.codes },
  tensors: (value) => [value.codes],
  known: (value) => spaceFields(value.space),
  rebuild: (value, again) => ({ ...value, codes: again(value.codes) }),
});
