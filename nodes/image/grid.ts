import { z } from 'zod';
import { LoomError, defineNode, port, v, type ImageValue } from '@/engine/types';
import { nchw } from '../_shared/latent';
import { readFloats } from '../_shared/read';
import { checkSize } from '../_shared/pixels';
import { glyphHeight, glyphWidth, inkAt } from './_font';

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
    const cells = await takeApart(given);
    const [first] = cells;
    if (!first) throw new LoomError('bad-input', 'There is no image to lay out.', { port: 'a' });
    const labels = params.labels.split('\n');
    const labelled = labels.some((label) => label.trim() !== '');
    const scale = Math.max(1, Math.round(first.width / 160));
    const strip = labelled ? (glyphHeight + 4) * scale : 0;
    const columns = Math.min(params.columns, cells.length);
    const rows = Math.ceil(cells.length / columns);
    const width = params.gap + columns * (first.width + params.gap);
    const height = params.gap + rows * (first.height + strip + params.gap);
    checkSize(width, height, 'columns');
    const out = new Float32Array(3 * width * height).fill(1);
    for (const [k, { values }] of cells.entries()) {
      const left = params.gap + (k % columns) * (first.width + params.gap);
      const top = params.gap + Math.floor(k / columns) * (first.height + strip + params.gap);
      for (let channel = 0; channel < 3; channel++) {
        for (let y = 0; y < first.height; y++) {
          const row = values.subarray(
            (channel * first.height + y) * first.width,
            (channel * first.height + y + 1) * first.width,
          );
          out.set(row, (channel * height + top + y) * width + left);
        }
      }
      write(out, { width, height }, labels[k] ?? '', {
        left,
        top: top + first.height + 2 * scale,
        room: first.width,
        scale,
      });
    }
    return { image: { kind: 'image', pixels: runtime.ops.from(out, [1, 3, height, width]) } };
  },
});

interface Cell {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

async function takeApart(images: readonly ImageValue[]): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const { pixels } of images) {
    const { batch, height, width } = nchw(pixels);
    const values = await readFloats(pixels);
    const size = 3 * height * width;
    for (let k = 0; k < batch; k++)
      cells.push({ values: values.subarray(k * size, (k + 1) * size), width, height });
  }
  const [first] = cells;
  const other = cells.find(({ width, height }) => width !== first?.width || height !== first.height);
  if (first && other) {
    throw new LoomError(
      'bad-input',
      `The images of a grid must be of one size; here are ${first.width}×${first.height} and ${other.width}×${other.height}.`,
      {},
      { mend: 'Resize them first.' },
    );
  }
  return cells;
}

/** Black text, centred, cut with ".." where it does not fit. */
function write(
  out: Float32Array,
  size: { readonly width: number; readonly height: number },
  label: string,
  at: { readonly left: number; readonly top: number; readonly room: number; readonly scale: number },
): void {
  const fits = Math.floor(at.room / (glyphWidth * at.scale));
  const text = label.length > fits ? `${label.slice(0, Math.max(0, fits - 2))}..` : label;
  const left = at.left + Math.floor((at.room - text.length * glyphWidth * at.scale) / 2);
  for (let y = 0; y < glyphHeight * at.scale; y++) {
    for (let x = 0; x < text.length * glyphWidth * at.scale; x++) {
      if (!inkAt(text, Math.floor(x / at.scale), Math.floor(y / at.scale))) continue;
      const [px, py] = [left + x, at.top + y];
      if (px < 0 || px >= size.width || py >= size.height) continue;
      for (let channel = 0; channel < 3; channel++) out[(channel * size.height + py) * size.width + px] = -1;
    }
  }
}
