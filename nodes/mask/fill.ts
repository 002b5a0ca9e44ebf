import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { nchw } from '../_shared/latent';

export const maskFill = defineNode({
  id: 'mask/fill',
  version: 1,
  title: 'Rectangle mask',
  category: 'mask',
  doc: 'A mask as large as an image with one rectangle set to 1, given as fractions of the width and height: the whole image by default. Quick to set up and independent of the size of the picture.',
  aliases: ['SolidMask', 'Rectangle mask', 'Mask from rectangle'],
  inputs: { image: port('image', { height: v('H'), width: v('W') }) },
  outputs: { mask: port('mask', { batch: 1, height: v('H'), width: v('W') }) },
  params: z.object({
    left: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .meta({ widget: 'slider', label: 'Left', min: 0, max: 1, step: 0.01 }),
    top: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .meta({ widget: 'slider', label: 'Top', min: 0, max: 1, step: 0.01 }),
    right: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .meta({ widget: 'slider', label: 'Right', min: 0, max: 1, step: 0.01 }),
    bottom: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .meta({ widget: 'slider', label: 'Bottom', min: 0, max: 1, step: 0.01 }),
  }),
  run({ inputs, params, runtime }) {
    const { height, width } = nchw(inputs.image.pixels);
    const [left, right] = [edge(params.left, width), edge(params.right, width)];
    const [top, bottom] = [edge(params.top, height), edge(params.bottom, height)];
    const values = new Float32Array(height * width);
    for (let y = top; y < bottom; y++) if (left < right) values.fill(1, y * width + left, y * width + right);
    return Promise.resolve({ mask: { kind: 'mask', mask: runtime.ops.from(values, [1, 1, height, width]) } });
  },
});

/** A fraction of a side in whole pixels. */
const edge = (fraction: number, size: number): number => Math.round(fraction * size);
