import { z } from 'zod';
import { LoomError, add, defineNode, port, v } from '@/engine/types';
import { nchw } from '../_shared/latent';

const size = { height: v('h'), width: v('w') };

export const imagePick = defineNode({
  id: 'image/pick',
  version: 1,
  title: 'Pick image from batch',
  category: 'image',
  doc: 'Takes some images out of a batch, counted from 0: the one worth keeping, for example.',
  aliases: ['ImageFromBatch', 'Image From Batch', 'Select image'],
  inputs: { image: port('image', { ...size, batch: v('A') }) },
  outputs: { picked: port('image', { ...size, batch: v('B') }) },
  params: z.object({
    index: z.int().min(0).max(4095).default(0).meta({ label: 'Index', min: 0, step: 1 }),
    count: z.int().min(1).max(64).default(1).meta({ label: 'Count', min: 1, max: 64, step: 1 }),
  }),
  // Sizes are at least 1, so A = R + index + count − 1 says that the last one picked is there.
  refine: ({ index, count }) => ({
    image: { kind: 'image', fields: { batch: add(v('R'), index + count - 1) } },
    picked: { kind: 'image', fields: { batch: count } },
  }),
  run({ inputs, params, runtime }) {
    const { pixels } = inputs.image;
    const { batch } = nchw(pixels);
    if (params.index + params.count > batch)
      throw new LoomError('invalid-param', `The batch has ${batch} images (0 to ${batch - 1}).`, {
        path: 'index',
      });
    const picked = runtime.ops.slice(pixels, 0, params.index, params.index + params.count);
    return Promise.resolve({ picked: { kind: 'image', pixels: picked } });
  },
});
