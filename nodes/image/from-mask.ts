import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';

const size = { batch: v('B'), height: v('H'), width: v('W') };

export const imageFromMask = defineNode({
  id: 'image/from-mask',
  version: 1,
  title: 'Image from mask',
  category: 'image',
  doc: 'Shows a mask as a grey picture: white where it is 1 and is drawn anew, black where it is 0. To look at a mask, save it or work on it as a picture.',
  aliases: ['MaskToImage', 'Convert Mask to Image', 'MaskPreview'],
  inputs: { mask: port('mask', size) },
  outputs: { image: port('image', size) },
  params: z.object({}),
  run({ inputs, runtime }) {
    const { ops } = runtime;
    const { mask } = inputs.mask;
    const plane = ops.linear([
      [2, mask],
      [-1, ops.full(mask.dims, 1)],
    ]);
    return Promise.resolve({ image: { kind: 'image', pixels: ops.concat([plane, plane, plane], 1) } });
  },
});
