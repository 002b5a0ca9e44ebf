import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { nchw, repeatBatch } from '../_shared/latent';
import { matchedImages } from './_pair';

const fields = { height: v('h'), width: v('w') };

export const imageComposite = defineNode({
  id: 'image/composite',
  version: 1,
  title: 'Composite images',
  category: 'image',
  doc: 'Lays image B over A where the mask is 1, and blends in between. Behind an inpainting it puts the original pixels back outside the mask, which the first stage alone would return only nearly.',
  aliases: ['ImageCompositeMasked', 'Paste by mask'],
  inputs: {
    a: port('image', fields),
    b: port('image', fields),
    mask: port('mask', fields, { doc: '1 takes B.' }),
  },
  outputs: { image: port('image', fields) },
  params: z.object({}),
  run({ inputs, runtime }) {
    const { ops } = runtime;
    const { a, b } = matchedImages(ops, inputs.a, inputs.b);
    const mask = repeatBatch(ops, inputs.mask.mask, nchw(a).batch, 'mask');
    return Promise.resolve({ image: { kind: 'image', pixels: ops.blend(a, b, mask) } });
  },
});
