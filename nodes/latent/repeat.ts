import { z } from 'zod';
import { defineNode, mul, port, v } from '@/engine/types';
import { spaceFields, withSamples } from '../_shared/latent';

const fields = { ...spaceFields, height: v('h'), width: v('w') };

export const latentRepeat = defineNode({
  id: 'latent/repeat',
  version: 1,
  title: 'Repeat latent',
  category: 'latent',
  doc: 'Repeats a latent (or a whole batch) several times in one batch, so that one picture can be redrawn with several noises at once.',
  aliases: ['RepeatLatentBatch', 'Repeat Latent Batch'],
  inputs: { latent: port('latent', { ...fields, batch: v('B') }) },
  outputs: { latent: port('latent', { ...fields, batch: v('D') }) },
  params: z.object({
    count: z.int().min(1).max(64).default(2).meta({ label: 'Count', min: 1, max: 64, step: 1 }),
  }),
  refine: ({ count }) => ({ latent: { kind: 'latent', fields: { batch: mul(v('B'), count) } } }),
  run({ inputs, params, runtime }) {
    const { latent } = inputs;
    const copies = Array.from({ length: params.count }, () => latent.samples);
    return Promise.resolve({ latent: withSamples(latent, runtime.ops.concat(copies, 0)) });
  },
});
