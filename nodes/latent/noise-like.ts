import { z } from 'zod';
import { defineNode, port } from '@/engine/types';
import { latentFields, nchw, repeatBatch } from '../_shared/latent';
import { generatorParam, seedsParam } from '../_shared/noise-params';
import { seedParam } from '../_shared/params';

export const latentNoiseLike = defineNode({
  id: 'latent/noise-like',
  version: 1,
  title: 'Noise for a latent',
  category: 'latent',
  doc: 'Draws start noise of the size, batch and latent space of a latent: what image to image and inpainting need when the picture says how large the result is. The same seed gives the same noise as the Noise node of that size.',
  aliases: ['RandomNoise', 'Noise like'],
  inputs: { latent: port('latent', latentFields(), { doc: 'Gives the size, the batch and the space.' }) },
  outputs: { noise: port('noise', latentFields(), { doc: 'Unit-variance noise, with its seed.' }) },
  params: z.object({
    seed: seedParam,
    same: z.boolean().default(false).meta({ widget: 'switch', label: 'Same noise', advanced: true }),
    first: z.int().min(0).max(65_535).default(0).meta({ label: 'First', advanced: true, min: 0, step: 1 }),
    generator: generatorParam,
    seeds: seedsParam,
  }),
  run({ inputs, params, runtime }) {
    const { space, samples: like } = inputs.latent;
    const { batch, channels, height, width } = nchw(like);
    const seed = BigInt(params.seed);
    const { generator, seeds, same, first: firstElement } = params;
    const draw = (count: number) =>
      runtime.ops.noise([count, channels, height, width], {
        seed,
        stream: 0,
        firstElement,
        generator,
        seeds,
      });
    const samples = same ? repeatBatch(runtime.ops, draw(1), batch, 'noise') : draw(batch);
    return Promise.resolve({
      noise: { kind: 'noise', space, samples, seed, firstElement, same, generator, seeds },
    });
  },
});
