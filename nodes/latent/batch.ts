import { z } from 'zod';
import { add, defineNode, port, v } from '@/engine/types';
import { spaceFields, withSamples } from '../_shared/latent';
import { alike } from './_pair';

const fields = { ...spaceFields, height: v('h'), width: v('w') };

export const latentBatch = defineNode({
  id: 'latent/batch',
  version: 1,
  title: 'Batch latents',
  category: 'latent',
  doc: 'Puts two latents (or batches) of one size behind each other in one batch, so that what follows handles them together.',
  aliases: ['LatentBatch', 'Latent Batch', 'Batch Latents'],
  inputs: {
    a: port('latent', { ...fields, batch: v('A') }),
    b: port('latent', { ...fields, batch: v('D') }),
  },
  outputs: { latent: port('latent', { ...fields, batch: add(v('A'), v('D')) }) },
  params: z.object({}),
  run({ inputs, runtime }) {
    const { a, b } = inputs;
    alike(a, b);
    return Promise.resolve({ latent: withSamples(a, runtime.ops.concat([a.samples, b.samples], 0)) });
  },
});
