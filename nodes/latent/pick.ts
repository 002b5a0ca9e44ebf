import { z } from 'zod';
import { LoomError, add, defineNode, port, v } from '@/engine/types';
import { nchw, spaceFields, withSamples } from '../_shared/latent';

const fields = { ...spaceFields, height: v('h'), width: v('w') };

export const latentPick = defineNode({
  id: 'latent/pick',
  version: 1,
  title: 'Pick from batch',
  category: 'latent',
  doc: 'Takes some elements out of a batch of latents, counted from 0: the one worth refining, for example.',
  aliases: ['LatentFromBatch', 'Latent From Batch'],
  inputs: { latent: port('latent', { ...fields, batch: v('A') }) },
  outputs: { picked: port('latent', { ...fields, batch: v('B') }) },
  params: z.object({
    index: z.int().min(0).max(4095).default(0).meta({ label: 'Index', min: 0, step: 1 }),
    count: z.int().min(1).max(64).default(1).meta({ label: 'Count', min: 1, max: 64, step: 1 }),
  }),
  // Sizes are at least 1, so A = R + index + count − 1 says that the last one picked is there.
  refine: ({ index, count }) => ({
    latent: { kind: 'latent', fields: { batch: add(v('R'), index + count - 1) } },
    picked: { kind: 'latent', fields: { batch: count } },
  }),
  run({ inputs, params, runtime }) {
    const { latent } = inputs;
    const { batch } = nchw(latent.samples);
    if (params.index + params.count > batch) {
      throw new LoomError('invalid-param', `The batch has ${batch} elements (0 to ${batch - 1}).`, {
        path: 'index',
      });
    }
    const samples = runtime.ops.slice(latent.samples, 0, params.index, params.index + params.count);
    return Promise.resolve({ picked: withSamples(latent, samples) });
  },
});
