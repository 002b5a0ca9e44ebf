import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { fraction } from '../_shared/params';
import { readFloats } from '../_shared/read';

const fields = { batch: v('B'), height: v('H'), width: v('W') };

export const maskThreshold = defineNode({
  id: 'mask/threshold',
  version: 1,
  title: 'Threshold mask',
  category: 'mask',
  doc: 'Makes a soft mask hard: 1 where it is above the threshold, 0 elsewhere. After it there is no half-drawn rim.',
  aliases: ['ThresholdMask', 'Threshold Mask', 'Binarise mask'],
  inputs: { mask: port('mask', fields) },
  outputs: { mask: port('mask', fields) },
  params: z.object({ value: fraction('Threshold', 0.5) }),
  async run({ inputs, params, runtime }) {
    const { mask } = inputs.mask;
    const limit = Math.fround(params.value);
    const hard = (await readFloats(mask)).map((value) => (value > limit ? 1 : 0));
    return { mask: { kind: 'mask', mask: runtime.ops.from(hard, mask.dims) } };
  },
});
