import type { LatentSpaceInfo } from '../model';
import type { Tensor } from '../tensor';
import { defineKind, space, spaceFields, tensor, unique, valueSchema } from './kind';

/** float32 [B, C, h, w], normalised (about unit variance), in one latent space. */
export interface LatentValue {
  readonly kind: 'latent';
  readonly space: LatentSpaceInfo;
  readonly samples: Tensor;
  /** Present when a sampling stopped half-way: `samples` are x_t in the variance-preserving scale, x/√(1 + σ²). */
  readonly noisy?: NoisyState;
}
/** Where a sampling stopped, so that another sampler node goes on from there exactly. */
export interface NoisyState {
  readonly sigma: number;
  /** The algorithm whose `history` this is. */
  readonly sampler: string;
  /** Noise levels of the steps before, newest first: a multistep method resumes only on the same grid. */
  readonly before: readonly number[];
  /** What a multistep method remembers, newest first. Owned with the value. */
  readonly history: readonly Tensor[];
}

export const latent = defineKind<LatentValue>({
  /** `space` is nominal: which first stage made it. Height and width in latent cells. */
  fields: ['space', 'channels', 'factor', 'batch', 'height', 'width'],
  schema: valueSchema<LatentValue>('latent', { space, samples: tensor }),
  array: {
    dtype: 'float32',
    axes: ['batch', 'channels', 'height', 'width'],
    per: 'cell',
    of: ({ samples }) => samples,
  },
  tensors: ({ samples, noisy }) => (noisy ? unique([samples, ...noisy.history]) : [samples]),
  known: (value) => spaceFields(value.space),
  rebuild: (value, again) => ({
    ...value,
    samples: again(value.samples),
    ...(value.noisy ? { noisy: { ...value.noisy, history: value.noisy.history.map(again) } } : {}),
  }),
});
