import { z } from 'zod';
import { add, defineNode, port, v } from '@/engine/types';
import { cropPadding, windowParams } from '../_shared/edges';
import { nchw } from '../_shared/latent';

export const imageCrop = defineNode({
  id: 'image/crop',
  version: 1,
  title: 'Crop image',
  category: 'image',
  doc: 'Cuts a rectangle out of an image. A rectangle that sticks out of the image is refused rather than silently moved.',
  aliases: ['ImageCrop', 'Crop Image'],
  inputs: { image: port('image', { batch: v('B'), height: v('H'), width: v('W') }) },
  outputs: { cropped: port('image', { batch: v('B'), height: v('h'), width: v('w') }) },
  params: z.object(windowParams),
  // Sizes are at least 1, so H = below + y + height − 1 says that the rectangle does not stick out.
  refine: ({ x, y, width, height }) => ({
    image: {
      kind: 'image',
      fields: { height: add(v('below'), y + height - 1), width: add(v('beside'), x + width - 1) },
    },
    cropped: { kind: 'image', fields: { height, width } },
  }),
  run({ inputs, params, runtime }) {
    const { pixels } = inputs.image;
    const by = cropPadding(params, nchw(pixels));
    return Promise.resolve({ cropped: { kind: 'image', pixels: runtime.ops.pad(pixels, by, 0) } });
  },
});
