import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { cropPadding, windowParams } from '../_shared/edges';
import { nchw } from '../_shared/latent';

export const imageCrop = defineNode({
  id: 'image/crop',
  version: 1,
  title: 'Crop image',
  category: 'image',
  doc: 'Cuts a rectangle out of an image. A rectangle that sticks out of the image is refused rather than silently moved.',
  aliases: ['ImageCrop', 'Crop Image'],
  inputs: { image: port('image', { batch: v('B') }) },
  outputs: { cropped: port('image', { batch: v('B'), height: v('h'), width: v('w') }) },
  params: z.object(windowParams),
  refine: (params) => ({
    cropped: { kind: 'image', fields: { batch: v('B'), height: params.height, width: params.width } },
  }),
  run({ inputs, params, runtime }) {
    const { pixels } = inputs.image;
    const by = cropPadding(params, nchw(pixels));
    return Promise.resolve({ cropped: { kind: 'image', pixels: runtime.ops.pad(pixels, by, 0) } });
  },
});
