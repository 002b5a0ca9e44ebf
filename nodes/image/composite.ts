import { z } from 'zod';
import { broadcast, defineNode, port, v } from '@/engine/types';
import { nchw, repeatBatch } from '../_shared/latent';
import { matchedImages } from './_pair';

const size = { height: v('h'), width: v('w') };
const fields = { ...size, batch: broadcast(v('B')) };

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
  outputs: { image: port('image', { ...size, batch: v('B') }) },
  params: z.object({}),
  run({ inputs, runtime }) {
    const { ops } = runtime;
    const { a, b } = matchedImages(ops, inputs.a, inputs.b);
    const batch = Math.max(nchw(a).batch, nchw(inputs.mask.mask).batch);
    const [under, over] = [repeatBatch(ops, a, batch, 'images'), repeatBatch(ops, b, batch, 'images')];
    const mask = repeatBatch(ops, inputs.mask.mask, batch, 'mask');
    return Promise.resolve({ image: { kind: 'image', pixels: ops.blend(under, over, mask) } });
  },
});
