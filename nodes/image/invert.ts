import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';

const fields = { batch: v('B'), height: v('H'), width: v('W') };

export const imageInvert = defineNode({
  id: 'image/invert',
  version: 1,
  title: 'Invert image',
  category: 'image',
  doc: 'Turns every colour into its negative: white becomes black. Line drawings for models that were trained on white lines on black need it.',
  aliases: ['ImageInvert', 'Invert Image', 'Negative'],
  inputs: { image: port('image', fields) },
  outputs: { image: port('image', fields) },
  params: z.object({}),
  run: ({ inputs, runtime }) =>
    Promise.resolve({
      image: { kind: 'image', pixels: runtime.ops.linear([[-1, inputs.image.pixels]]) },
    }),
});
