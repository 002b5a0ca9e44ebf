import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { gaussianBlur, readField } from './_field';

const fields = { batch: v('B'), height: v('H'), width: v('W') };

export const maskFeather = defineNode({
  id: 'mask/feather',
  version: 1,
  title: 'Feather mask',
  category: 'mask',
  doc: 'Softens the edge of a mask with a Gaussian blur, so that what is drawn anew fades into what is kept. The number is the standard deviation in pixels; 0 changes nothing.',
  aliases: ['FeatherMask', 'Blur mask', 'Mask Blur'],
  inputs: { mask: port('mask', fields) },
  outputs: { mask: port('mask', fields) },
  params: z.object({
    radius: z
      .number()
      .min(0)
      .max(64)
      .default(4)
      .meta({ widget: 'slider', label: 'Radius', unit: 'px', min: 0, max: 64, step: 0.5 }),
  }),
  async run({ inputs, params, runtime }) {
    const { mask } = inputs.mask;
    const soft =
      params.radius === 0
        ? runtime.ops.linear([[1, mask]])
        : runtime.ops.from(gaussianBlur(await readField(mask), params.radius), mask.dims);
    return { mask: { kind: 'mask', mask: soft } };
  },
});
