import type { LatentSpaceInfo } from '../model';
import type { NoiseSource, Tensor } from '../tensor';
import { defineKind, space, spaceFields, tensor, valueSchema } from './kind';

/** Unit-variance start noise and the seed that stochastic samplers go on drawing from. */
export interface NoiseValue {
  readonly kind: 'noise';
  readonly space: LatentSpaceInfo;
  /** float32 [B, C, h, w] ~ N(0, I). */
  readonly samples: Tensor;
  readonly seed: bigint;
  /** Index of the first batch element in its stream, so that element k of a batch can be made alone. Default 0. */
  readonly firstElement?: number;
  /** Every element of the batch is the same noise; samplers then draw one element for all, too. Default false. */
  readonly same?: boolean;
  /** Where it was drawn from, and with which seeds a batch: samplers go on from there. Default Philox. */
  readonly generator?: NoiseSource['generator'];
  readonly seeds?: NoiseSource['seeds'];
}

export const noise = defineKind<NoiseValue>({
  fields: ['space', 'channels', 'factor', 'batch', 'height', 'width'],
  schema: valueSchema<NoiseValue>('noise', { space, samples: tensor }),
  array: {
    dtype: 'float32',
    axes: ['batch', 'channels', 'height', 'width'],
    per: 'cell',
    of: ({ samples }) => samples,
  },
  tensors: ({ samples }) => [samples],
  known: (value) => spaceFields(value.space),
  rebuild: (value, again) => ({ ...value, samples: again(value.samples) }),
});
