import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';

const size = { batch: v('B'), height: v('H'), width: v('W') };
const channels = ['red', 'green', 'blue'] as const;

export const maskFromImage = defineNode({
  id: 'mask/from-image',
  version: 1,
  title: 'Mask from image',
  category: 'mask',
  doc: 'Takes one colour channel of an image as a mask: full colour is 1, drawn anew. A picture painted in white on black gives the same mask by any channel.',
  aliases: ['ImageToMask', 'Convert Image to Mask'],
  inputs: { image: port('image', size) },
  outputs: { mask: port('mask', size) },
  params: z.object({
    channel: z.enum(channels).default('red').meta({ widget: 'select', label: 'Channel' }),
  }),
  run({ inputs, params, runtime }) {
    const { ops } = runtime;
    const { pixels } = inputs.image;
    const at = channels.indexOf(params.channel);
    const plane = ops.slice(pixels, 1, at, at + 1);
    const mask = ops.linear([
      [0.5, plane],
      [0.5, ops.full(plane.dims, 1)],
    ]);
    return Promise.resolve({ mask: { kind: 'mask', mask } });
  },
});
