import { z } from 'zod';
import { broadcast, defineNode, port, v } from '@/engine/types';
import { latentFields, withSamples } from '../_shared/latent';
import { matched } from './_pair';

const fields = { ...latentFields(), batch: broadcast(v('B')) };

export const latentSubtract = defineNode({
  id: 'latent/subtract',
  version: 1,
  title: 'Subtract latents',
  category: 'latent',
  doc: 'A − amount·B, cell by cell: the direction from one picture to another in latent space, to be scaled and added elsewhere or looked at in the inspector.',
  aliases: ['LatentSubtract', 'Latent Subtract'],
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
      [-params.amount, b],
    ]);
    return Promise.resolve({ latent: withSamples(inputs.a, samples) });
  },
});
