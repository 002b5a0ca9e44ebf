import { z } from 'zod';
import { defineNode, port } from '@/engine/types';
import { fraction } from '../_shared/params';

const side = (label: string) =>
  z.int().min(1).max(8192).default(512).meta({ label, unit: 'px', min: 8, max: 2048, step: 8 });

export const maskSolid = defineNode({
  id: 'mask/solid',
  version: 1,
  title: 'Solid mask',
  category: 'mask',
  doc: 'A mask of one value and a size of its own: a ground to combine other masks on, or the whole picture to draw anew.',
  aliases: ['SolidMask', 'Solid Mask', 'Empty mask'],
  inputs: {},
  outputs: { mask: port('mask', { batch: 1 }) },
  params: z.object({ value: fraction('Value', 1), width: side('Width'), height: side('Height') }),
  refine: ({ width, height }) => ({ mask: { kind: 'mask', fields: { width, height } } }),
  run: ({ params, runtime }) =>
    Promise.resolve({
      mask: { kind: 'mask', mask: runtime.ops.full([1, 1, params.height, params.width], params.value) },
    }),
});
