import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { nchw } from '../_shared/latent';
import { scaledTo } from './_cover';
import { modeParam } from './_mode';

export const imageTotalPixels = defineNode({
  id: 'image/total-pixels',
  version: 1,
  title: 'Resize image to pixels',
  category: 'image',
  doc: 'Brings an image to a number of pixels in all and keeps its shape: whatever comes in, the model gets about the size it was trained at. A megapixel is 1024 × 1024; sides are rounded to a multiple.',
  aliases: ['ImageScaleToTotalPixels', 'Scale Image to Total Pixels', 'Megapixels'],
  inputs: { image: port('image', { batch: v('B') }) },
  outputs: { image: port('image', { batch: v('B'), height: v('h'), width: v('w') }) },
  params: z.object({
    megapixels: z
      .number()
      .min(0.01)
      .max(16)
      .default(1)
      .meta({ widget: 'slider', label: 'Megapixels', min: 0.05, max: 4, step: 0.05 }),
    multiple: z
      .int()
      .min(1)
      .max(256)
      .default(1)
      .meta({ label: 'Multiple of', unit: 'px', min: 1, max: 256, step: 1 }),
    mode: modeParam,
  }),
  run({ inputs, params, runtime }) {
    const { pixels } = inputs.image;
    const { height, width } = nchw(pixels);
    const scale = Math.sqrt((params.megapixels * 1024 * 1024) / (width * height));
    const side = (length: number): number =>
      Math.max(1, Math.round((length * scale) / params.multiple)) * params.multiple;
    const scaled = scaledTo(runtime.ops, pixels, side(width), side(height), params.mode);
    return Promise.resolve({ image: { kind: 'image', pixels: scaled } });
  },
});
