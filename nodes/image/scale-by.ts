import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { nchw } from '../_shared/latent';
import { scaledTo } from './_cover';
import { modeParam } from './_mode';

export const imageScaleBy = defineNode({
  id: 'image/scale-by',
  version: 1,
  title: 'Resize image by',
  category: 'image',
  doc: 'Makes an image larger or smaller by a factor, whatever its size; the shape stays. Sides are rounded to whole pixels.',
  aliases: ['ImageScaleBy', 'Upscale Image By', 'Scale image'],
  inputs: { image: port('image', { batch: v('B') }) },
  outputs: { image: port('image', { batch: v('B'), height: v('h'), width: v('w') }) },
  params: z.object({
    factor: z
      .number()
      .min(0.01)
      .max(8)
      .default(2)
      .meta({ widget: 'slider', label: 'Factor', min: 0.25, max: 4, step: 0.05 }),
    mode: modeParam,
  }),
  run({ inputs, params, runtime }) {
    const { pixels } = inputs.image;
    const { height, width } = nchw(pixels);
    const side = (length: number): number => Math.max(1, Math.round(length * params.factor));
    const scaled = scaledTo(runtime.ops, pixels, side(width), side(height), params.mode);
    return Promise.resolve({ image: { kind: 'image', pixels: scaled } });
  },
});
