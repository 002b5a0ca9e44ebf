import { z } from 'zod';
import { broadcast, defineNode, port, v } from '@/engine/types';
import { latentFields, withSamples } from '../_shared/latent';
import { matched } from './_pair';

const fields = { ...latentFields(), batch: broadcast(v('B')) };

export const latentAdd = defineNode({
  id: 'latent/add',
  version: 1,
  title: 'Add latents',
  category: 'latent',
  doc: 'A + amount·B, cell by cell. Adding the difference of two encoded pictures moves a third along that direction of the latent space.',
  aliases: ['LatentAdd', 'Latent Add'],
  inputs: {
    a: port('latent', fields),
    b: port('latent', fields, { doc: 'Of the same size; a batch of 1 is repeated.' }),
  },
  outputs: { latent: port('latent', latentFields()) },
  params: z.object({
    amount: z
      .number()
      .min(-4)
      .max(4)
      .default(1)
      .meta({ widget: 'slider', label: 'Amount', min: -4, max: 4, step: 0.05 }),
  }),
  run({ inputs, params, runtime }) {
    const { a, b } = matched(runtime.ops, inputs.a, inputs.b);
    const samples = runtime.ops.linear([
      [1, a],
      [params.amount, b],
    ]);
    return Promise.resolve({ latent: withSamples(inputs.a, samples) });
  },
});
