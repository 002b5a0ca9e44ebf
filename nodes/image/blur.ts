import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { blurred, gaussianWeights } from './_blur';
import { radiusParam, sigmaParam } from './_blur-params';

const fields = { batch: v('B'), height: v('H'), width: v('W') };

export const imageBlur = defineNode({
  id: 'image/blur',
  version: 1,
  title: 'Blur image',
  category: 'image',
  doc: 'Blurs an image with a Gaussian cut off at the radius. The standard deviation counts in radii: at 1 the picture is blurred nearly evenly over the radius, at 0.3 softly. Edges are mirrored.',
  aliases: ['ImageBlur', 'Gaussian Blur'],
  inputs: { image: port('image', fields) },
  outputs: { image: port('image', fields) },
  params: z.object({ radius: radiusParam, sigma: sigmaParam }),
  async run({ inputs, params, runtime }) {
    const { pixels } = inputs.image;
    const values = await blurred(pixels, gaussianWeights(params.radius, params.sigma));
    return { image: { kind: 'image', pixels: runtime.ops.from(values, pixels.dims) } };
  },
});
