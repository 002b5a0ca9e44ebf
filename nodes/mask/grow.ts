import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { readField, slidingExtreme } from './_field';

const fields = { batch: v('B'), height: v('H'), width: v('W') };

export const maskGrow = defineNode({
  id: 'mask/grow',
  version: 1,
  title: 'Grow mask',
  category: 'mask',
  doc: 'Widens the masked region by some pixels on every side (grey-scale dilation with a square), or shrinks it with a negative number (erosion). A mask grown by about one latent cell lets the model draw over the old edge.',
  aliases: ['GrowMask', 'Grow Mask', 'Dilate mask', 'Erode mask'],
  inputs: { mask: port('mask', fields) },
  outputs: { mask: port('mask', fields) },
  params: z.object({
    pixels: z
      .int()
      .min(-128)
      .max(128)
      .default(8)
      .meta({ widget: 'slider', label: 'Pixels', unit: 'px', min: -64, max: 64, step: 1 }),
  }),
  async run({ inputs, params, runtime }) {
    const { mask } = inputs.mask;
    const pick = params.pixels >= 0 ? Math.max : Math.min;
    const grown = slidingExtreme(await readField(mask), Math.abs(params.pixels), pick);
    return { mask: { kind: 'mask', mask: runtime.ops.from(grown, mask.dims) } };
  },
});
