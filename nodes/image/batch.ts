import { z } from 'zod';
import { add, defineNode, port, v } from '@/engine/types';
import { nchw } from '../_shared/latent';
import { covering } from './_cover';

export const imageBatch = defineNode({
  id: 'image/batch',
  version: 1,
  title: 'Batch images',
  category: 'image',
  doc: 'Puts two images (or batches) behind each other in one batch, so that what follows handles them together. An image B of another size is cut to the shape of A in the middle and brought to its size.',
  aliases: ['ImageBatch', 'Batch Images'],
  inputs: {
    a: port('image', { batch: v('A'), height: v('h'), width: v('w') }),
    b: port('image', { batch: v('D') }),
  },
  outputs: { image: port('image', { batch: add(v('A'), v('D')), height: v('h'), width: v('w') }) },
  params: z.object({}),
  run({ inputs, runtime }) {
    const { ops } = runtime;
    const { height, width } = nchw(inputs.a.pixels);
    const other = nchw(inputs.b.pixels);
    const same = other.height === height && other.width === width;
    const b = same ? inputs.b.pixels : covering(ops, inputs.b.pixels, width, height, 'bilinear');
    return Promise.resolve({ image: { kind: 'image', pixels: ops.concat([inputs.a.pixels, b], 0) } });
  },
});
