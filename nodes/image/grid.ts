import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';

const cell = { height: v('H'), width: v('W') };
const more = () => port('image', cell, { optional: true });

export const imageGrid = defineNode({
  id: 'image/grid',
  version: 1,
  title: 'Grid',
  category: 'image',
  doc: 'Lays images of one size out as a grid, row by row, each with its label beneath: batches are taken apart, up to nine inputs are put in order. For sweeps over guidance, steps or seeds, and for walks between prompts. One label a line; Latin letters, digits and signs.',
  aliases: ['Image Grid', 'XY Plot', 'Contact sheet', 'ImageBatch'],
  inputs: {
    a: port('image', cell),
    b: more(),
    c: more(),
    d: more(),
    e: more(),
    f: more(),
    g: more(),
    h: more(),
    i: more(),
  },
  outputs: { image: port('image', { batch: 1, height: v('h'), width: v('w') }) },
  params: z.object({
    columns: z.int().min(1).max(64).default(3).meta({ label: 'Columns', min: 1, max: 64, step: 1 }),
    labels: z.string().max(10_000).default('').meta({ widget: 'prompt', label: 'Labels' }),
    gap: z.int().min(0).max(64).default(8).meta({ label: 'Gap', unit: 'px', min: 0, max: 64, step: 1 }),
  }),
  async run({ inputs, params, runtime }) {
    const { a, b, c, d, e, f, g, h, i } = inputs;
    const given = [a, b, c, d, e, f, g, h, i].filter((value) => value !== undefined);
    // Drawn where it runs: the page, which only shows the node, does without the arithmetic and the font.
    const { contactSheet } = await import('./_contact-sheet');
    const { values, height, width } = await contactSheet(given, params);
    return { image: { kind: 'image', pixels: runtime.ops.from(values, [1, 3, height, width]) } };
  },
});
