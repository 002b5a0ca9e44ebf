import { z } from 'zod';
import { defineNode, port } from '@/engine/types';

const side = (label: string) =>
  z.int().min(1).max(8192).default(512).meta({ label, unit: 'px', min: 8, max: 2048, step: 8 });

export const imageSolid = defineNode({
  id: 'image/solid',
  version: 1,
  title: 'Solid image',
  category: 'image',
  doc: 'An image of one colour and a size of its own: a ground to paste on, or something plain to encode.',
  aliases: ['EmptyImage', 'Empty Image', 'Colour'],
  inputs: {},
  outputs: { image: port('image', {}) },
  params: z.object({
    width: side('Width'),
    height: side('Height'),
    batch: z.int().min(1).max(64).default(1).meta({ label: 'Batch', min: 1, max: 64, step: 1 }),
    color: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/, 'A colour is # and six hexadecimal digits.')
      .default('#000000')
      .meta({ widget: 'text', label: 'Colour' }),
  }),
  refine: ({ width, height, batch }) => ({ image: { kind: 'image', fields: { width, height, batch } } }),
  run({ params, runtime }) {
    const { ops } = runtime;
    const plane = (at: number) =>
      ops.full(
        [params.batch, 1, params.height, params.width],
        Number.parseInt(params.color.slice(at, at + 2), 16) / 127.5 - 1,
      );
    return Promise.resolve({
      image: { kind: 'image', pixels: ops.concat([plane(1), plane(3), plane(5)], 1) },
    });
  },
});
