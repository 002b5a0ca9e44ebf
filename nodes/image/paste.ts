import { z } from 'zod';
import { broadcast, defineNode, port, v } from '@/engine/types';
import { nchw } from '../_shared/latent';
import { pasteAt } from '../_shared/paste';
import { scaledTo } from './_cover';

const frame = { batch: v('B'), height: v('h'), width: v('w') };
const place = (label: string) =>
  z.int().min(-8192).max(8192).default(0).meta({ label, unit: 'px', min: 0, max: 2048, step: 8 });

export const imagePaste = defineNode({
  id: 'image/paste',
  version: 1,
  title: 'Paste image',
  category: 'image',
  doc: 'Lays image B on image A at a place in pixels, under a mask of its own where one is wired. B keeps its size or is brought to that of A; what sticks out is cut off. For images of one size, Composite images is enough.',
  aliases: ['ImageCompositeMasked', 'Image Composite', 'Overlay'],
  inputs: {
    a: port('image', frame, { doc: 'What lies below.' }),
    b: port('image', { batch: broadcast(v('B')) }, { doc: 'What is laid on it.' }),
    mask: port(
      'mask',
      { batch: broadcast(v('B')) },
      { optional: true, doc: '1 takes B; brought to its size.' },
    ),
  },
  outputs: { image: port('image', frame) },
  params: z.object({
    x: place('Left edge'),
    y: place('Top edge'),
    resize: z.boolean().default(false).meta({ widget: 'switch', label: 'Resize to A', advanced: true }),
  }),
  run({ inputs, params, runtime }) {
    const { ops } = runtime;
    const { a, b } = inputs;
    const under = nchw(a.pixels);
    const over = params.resize ? scaledTo(ops, b.pixels, under.width, under.height, 'bilinear') : b.pixels;
    const { height, width } = nchw(over);
    const mask = inputs.mask && ops.resize(inputs.mask.mask, height, width, 'bilinear');
    return Promise.resolve({ image: { kind: 'image', pixels: pasteAt(ops, a.pixels, over, params, mask) } });
  },
});
