import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';

const fields = { batch: v('B'), height: v('H'), width: v('W') };

export const maskInvert = defineNode({
  id: 'mask/invert',
  version: 1,
  title: 'Invert mask',
  category: 'mask',
  doc: 'Exchanges what is drawn anew and what is kept: 1 − mask. Use it for masks of the other convention.',
  aliases: ['InvertMask', 'Invert Mask'],
  inputs: { mask: port('mask', fields) },
  outputs: { mask: port('mask', fields) },
  params: z.object({}),
  run({ inputs, runtime }) {
    const { mask } = inputs.mask;
    const inverted = runtime.ops.linear([
      [1, runtime.ops.full(mask.dims, 1)],
      [-1, mask],
    ]);
    return Promise.resolve({ mask: { kind: 'mask', mask: inverted } });
  },
});
