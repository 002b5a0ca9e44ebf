import { z } from 'zod';
import { LoomError, broadcast, defineNode, port, v } from '@/engine/types';
import { readField } from './_field';

const operations = {
  multiply: (a: number, b: number): number => a * b,
  add: (a: number, b: number): number => a + b,
  subtract: (a: number, b: number): number => a - b,
  and: (a: number, b: number): number => Math.round(a) & Math.round(b),
  or: (a: number, b: number): number => Math.round(a) | Math.round(b),
  xor: (a: number, b: number): number => Math.round(a) ^ Math.round(b),
} as const;
const place = (label: string) =>
  z.int().min(-8192).max(8192).default(0).meta({ label, unit: 'px', min: 0, max: 2048, step: 8 });

export const maskCombine = defineNode({
  id: 'mask/combine',
  version: 1,
  title: 'Combine masks',
  category: 'mask',
  doc: 'Lays mask B on mask A at a place and combines them where they meet: multiplied, added, subtracted, or as a logical and, or, exclusive or of their rounded values. Outside B, mask A stays.',
  aliases: ['MaskComposite', 'Mask Composite', 'Add masks'],
  inputs: {
    a: port('mask', { batch: v('B'), height: v('H'), width: v('W') }),
    b: port('mask', { batch: broadcast(v('B')) }, { doc: 'May have another size.' }),
  },
  outputs: { mask: port('mask', { batch: v('B'), height: v('H'), width: v('W') }) },
  params: z.object({
    operation: z
      .enum(['multiply', 'add', 'subtract', 'and', 'or', 'xor'])
      .default('add')
      .meta({ widget: 'select', label: 'Operation' }),
    x: place('Left edge'),
    y: place('Top edge'),
  }),
  async run({ inputs, params, runtime }) {
    const a = await readField(inputs.a.mask);
    const b = await readField(inputs.b.mask);
    if (b.planes !== 1 && b.planes !== a.planes)
      throw new LoomError('bad-input', `The masks have batches of ${a.planes} and ${b.planes}.`, {
        port: 'b',
      });
    const combined = operations[params.operation];
    const out = Float32Array.from(a.values);
    for (let plane = 0; plane < a.planes; plane++)
      for (let row = Math.max(0, -params.y); row < Math.min(b.height, a.height - params.y); row++)
        for (let column = Math.max(0, -params.x); column < Math.min(b.width, a.width - params.x); column++) {
          const at = (plane * a.height + row + params.y) * a.width + column + params.x;
          const other = b.values[((b.planes === 1 ? 0 : plane) * b.height + row) * b.width + column] ?? 0;
          out[at] = Math.min(1, Math.max(0, combined(out[at] ?? 0, other)));
        }
    return { mask: { kind: 'mask', mask: runtime.ops.from(out, inputs.a.mask.dims) } };
  },
});
