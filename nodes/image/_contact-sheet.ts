/** Pictures of one size laid out row by row, each with its label beneath. */
import { LoomError, type ImageValue } from '@/engine/types';
import { nchw } from '../_shared/latent';
import { readFloats } from '../_shared/read';
import { checkSize } from '../_shared/pixels';
import { glyphHeight, glyphWidth, inkAt } from './_font';

export interface SheetOptions {
  /** Pictures in a row. */
  readonly columns: number;
  /** One label a line. */
  readonly labels: string;
  /** Pixels around each picture. */
  readonly gap: number;
}
/** A picture [3, height, width] in −1…1. */
export interface Sheet {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/**
 * Lays out every element of every image, in order.
 * @param images each [B, 3, H, W] in −1…1
 * @throws LoomError `bad-input` where there is none, or where they are not of one size
 */
export async function contactSheet(images: readonly ImageValue[], options: SheetOptions): Promise<Sheet> {
  const cells = await takeApart(images);
  const [first] = cells;
  if (!first) throw new LoomError('bad-input', 'There is no image to lay out.', { port: 'a' });
  const labels = options.labels.split('\n');
  const labelled = labels.some((label) => label.trim() !== '');
  const scale = Math.max(1, Math.round(first.width / 160));
  const strip = labelled ? (glyphHeight + 4) * scale : 0;
  const columns = Math.min(options.columns, cells.length);
  const rows = Math.ceil(cells.length / columns);
  const width = options.gap + columns * (first.width + options.gap);
  const height = options.gap + rows * (first.height + strip + options.gap);
  checkSize(width, height, 'columns');
  const out = new Float32Array(3 * width * height).fill(1);
  for (const [k, { values }] of cells.entries()) {
    const left = options.gap + (k % columns) * (first.width + options.gap);
    const top = options.gap + Math.floor(k / columns) * (first.height + strip + options.gap);
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
  return { values: out, height, width };
}

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
      { fix: 'Resize them first.' },
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
