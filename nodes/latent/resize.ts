import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { cells, sidesInCells, spaceFields, withSamples } from '../_shared/latent';

export const latentResize = defineNode({
  id: 'latent/resize',
  version: 1,
  title: 'Resize latent',
  category: 'latent',
  doc: 'Stretches a latent to another size, given in pixels of the picture it stands for. Sampled again at a moderate strength, the enlarged latent gains the detail that interpolation cannot give: the second pass of a two-pass graph.',
  aliases: ['LatentUpscale', 'LatentUpscaleBy', 'Upscale Latent', 'Resize Latents'],
  inputs: { latent: port('latent', { ...spaceFields, batch: v('B') }) },
  outputs: { latent: port('latent', { ...spaceFields, batch: v('B'), height: v('h'), width: v('w') }) },
  params: z.object({
    width: z
      .int()
      .min(8)
      .max(2048)
      .default(512)
      .meta({ label: 'Width', unit: 'px', min: 8, max: 2048, step: 8 }),
    height: z
      .int()
      .min(8)
      .max(2048)
      .default(512)
      .meta({ label: 'Height', unit: 'px', min: 8, max: 2048, step: 8 }),
    mode: z
      .enum(['nearest', 'bilinear', 'bicubic', 'area'])
      .default('bicubic')
      .meta({ widget: 'select', label: 'Mode' }),
  }),
  equations: sidesInCells,
  run({ inputs, params, runtime }) {
    const { latent } = inputs;
    const { factor } = latent.space;
    const height = cells(params.height, factor, 1, 'height');
    const width = cells(params.width, factor, 1, 'width');
    const samples = runtime.ops.resize(latent.samples, height, width, params.mode);
    return Promise.resolve({ latent: withSamples(latent, samples) });
  },
});
