import { z } from 'zod';
import { defineNode, port } from '@/engine/types';
import { latentFields, withSamples } from '../_shared/latent';

export const latentScale = defineNode({
  id: 'latent/scale',
  version: 1,
  title: 'Scale latent',
  category: 'latent',
  doc: 'Multiplies every cell by a number. Below 1 the decoded picture loses contrast and drifts to the mean of the latent space, above 1 it gains contrast; −1 mirrors the latent at the mean.',
  aliases: ['LatentMultiply', 'Latent Multiply'],
  inputs: { latent: port('latent', latentFields()) },
  outputs: { latent: port('latent', latentFields()) },
  params: z.object({
    factor: z
      .number()
      .min(-4)
      .max(4)
      .default(1)
      .meta({ widget: 'slider', label: 'Factor', min: -4, max: 4, step: 0.01 }),
  }),
  run({ inputs, params, runtime }) {
    const samples = runtime.ops.linear([[params.factor, inputs.latent.samples]]);
    return Promise.resolve({ latent: withSamples(inputs.latent, samples) });
  },
});
