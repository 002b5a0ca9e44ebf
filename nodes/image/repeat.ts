import { z } from 'zod';
import { defineNode, mul, port, v } from '@/engine/types';

const size = { height: v('h'), width: v('w') };

export const imageRepeat = defineNode({
  id: 'image/repeat',
  version: 1,
  title: 'Repeat image',
  category: 'image',
  doc: 'Repeats an image (or a whole batch) several times in one batch: one picture, redrawn with several noises at once.',
  aliases: ['RepeatImageBatch', 'Repeat Image Batch'],
  inputs: { image: port('image', { ...size, batch: v('B') }) },
  outputs: { image: port('image', { ...size, batch: v('D') }) },
  params: z.object({
    count: z.int().min(1).max(64).default(2).meta({ label: 'Count', min: 1, max: 64, step: 1 }),
  }),
  refine: ({ count }) => ({ image: { kind: 'image', fields: { batch: mul(v('B'), count) } } }),
  run({ inputs, params, runtime }) {
    const copies = Array.from({ length: params.count }, () => inputs.image.pixels);
    return Promise.resolve({ image: { kind: 'image', pixels: runtime.ops.concat(copies, 0) } });
  },
});
