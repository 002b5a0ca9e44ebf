import { z } from 'zod';
import { defineNode, port } from '@/engine/types';
import { latentFields, withSamples } from '../_shared/latent';

export const latentFlip = defineNode({
  id: 'latent/flip',
  version: 1,
  title: 'Flip latent',
  category: 'latent',
  doc: 'Mirrors a latent left to right or top to bottom. The first stage is convolutional, so the decoded picture is nearly, not exactly, the mirror image.',
  aliases: ['LatentFlip', 'Flip Latent'],
  inputs: { latent: port('latent', latentFields()) },
  outputs: { latent: port('latent', latentFields()) },
  params: z.object({
    axis: z.enum(['horizontal', 'vertical']).default('horizontal').meta({ widget: 'select', label: 'Axis' }),
  }),
  run({ inputs, params, runtime }) {
    const samples = runtime.ops.flip(inputs.latent.samples, params.axis === 'horizontal' ? 3 : 2);
    return Promise.resolve({ latent: withSamples(inputs.latent, samples) });
  },
});
