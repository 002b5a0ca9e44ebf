import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { cropPadding, windowParams } from '../_shared/edges';
import { nchw } from '../_shared/latent';

export const maskCrop = defineNode({
  id: 'mask/crop',
  version: 1,
  title: 'Crop mask',
  category: 'mask',
  doc: 'Cuts a rectangle out of a mask, given in pixels: the mask of the piece that Crop image cuts out of the picture.',
  aliases: ['CropMask', 'Crop Mask'],
  inputs: { mask: port('mask', { batch: v('B') }) },
  outputs: { mask: port('mask', { batch: v('B') }) },
  params: z.object(windowParams),
  refine: ({ width, height }) => ({ mask: { kind: 'mask', fields: { width, height } } }),
  run({ inputs, params, runtime }) {
    const { mask } = inputs.mask;
    const by = cropPadding(params, nchw(mask));
    return Promise.resolve({ mask: { kind: 'mask', mask: runtime.ops.pad(mask, by, 0) } });
  },
});
