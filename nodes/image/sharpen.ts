import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { blurred, gaussianWeights } from './_blur';
import { radiusParam, sigmaParam } from './_blur-params';

const fields = { batch: v('B'), height: v('H'), width: v('W') };

export const imageSharpen = defineNode({
  id: 'image/sharpen',
  version: 1,
  title: 'Sharpen image',
  category: 'image',
  doc: 'Sharpens an image by adding what a blur of the given radius takes away (unsharp mask): the picture plus 10 times the amount times its difference to the blurred one, clamped to the range of colours.',
  aliases: ['ImageSharpen', 'Sharpen', 'Unsharp mask'],
  inputs: { image: port('image', fields) },
  outputs: { image: port('image', fields) },
  params: z.object({
    radius: radiusParam,
    sigma: sigmaParam,
    amount: z
      .number()
      .min(0)
      .max(5)
      .default(1)
      .meta({ widget: 'slider', label: 'Amount', min: 0, max: 5, step: 0.01 }),
  }),
  async run({ inputs, params, runtime }) {
    const { ops } = runtime;
    const { pixels } = inputs.image;
    const soft = ops.from(await blurred(pixels, gaussianWeights(params.radius, params.sigma)), pixels.dims);
    const gain = 10 * params.amount;
    const sharp = ops.linear([
      [1 + gain, pixels],
      [-gain, soft],
    ]);
    return { image: { kind: 'image', pixels: ops.clamp(sharp, -1, 1) } };
  },
});
