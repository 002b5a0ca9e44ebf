import { z } from 'zod';
import { broadcast, defineNode, port, v } from '@/engine/types';
import { latentFields, withSamples } from '../_shared/latent';
import { matched } from './_pair';

const fields = { ...latentFields(), batch: broadcast(v('B')) };

export const latentMix = defineNode({
  id: 'latent/mix',
  version: 1,
  title: 'Mix latents',
  category: 'latent',
  doc: 'Straight line between two latents: 0 is A, 1 is B. For clean latents this is a cross-fade in latent space; between noises the variance shrinks half-way, so use Slerp there.',
  aliases: ['LatentInterpolate', 'LatentBlend', 'Latent Blend', 'lerp'],
  inputs: {
    a: port('latent', fields),
    b: port('latent', fields, { doc: 'Of the same size; a batch of 1 is repeated.' }),
  },
  outputs: { latent: port('latent', latentFields()) },
  params: z.object({
    t: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .meta({ widget: 'slider', label: 't', min: 0, max: 1, step: 0.01 }),
  }),
  run({ inputs, params, runtime }) {
    const { a, b } = matched(runtime.ops, inputs.a, inputs.b);
    const samples = runtime.ops.linear([
      [1 - params.t, a],
      [params.t, b],
    ]);
    return Promise.resolve({ latent: withSamples(inputs.a, samples) });
  },
});
