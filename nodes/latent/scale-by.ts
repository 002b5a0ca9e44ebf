import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { nchw, spaceFields, withSamples } from '../_shared/latent';

const fields = { ...spaceFields, batch: v('B') };

export const latentScaleBy = defineNode({
  id: 'latent/scale-by',
  version: 1,
  title: 'Resize latent by',
  category: 'latent',
  doc: 'Makes a latent larger or smaller by a factor, whatever its size: the way to a second pass that works for any picture. Sides are rounded to whole cells.',
  aliases: ['LatentUpscaleBy', 'Upscale Latent By', 'Scale Latents'],
  inputs: { latent: port('latent', fields) },
  outputs: { latent: port('latent', { ...fields, height: v('h'), width: v('w') }) },
  params: z.object({
    factor: z
      .number()
      .min(0.01)
      .max(8)
      .default(1.5)
      .meta({ widget: 'slider', label: 'Factor', min: 0.25, max: 4, step: 0.05 }),
    mode: z
      .enum(['nearest', 'bilinear', 'bicubic', 'area'])
      .default('bicubic')
      .meta({ widget: 'select', label: 'Mode' }),
  }),
  run({ inputs, params, runtime }) {
    const { latent } = inputs;
    const { height, width } = nchw(latent.samples);
    const side = (cells: number): number => Math.max(1, Math.round(cells * params.factor));
    const samples = runtime.ops.resize(latent.samples, side(height), side(width), params.mode);
    return Promise.resolve({ latent: withSamples(latent, samples) });
  },
});
