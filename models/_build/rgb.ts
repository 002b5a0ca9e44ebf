/** Linear latent → RGB factors, as ComfyUI's latent_formats.py keeps them, here fitted instead of guessed. */
import type { TensorOps } from '@/engine/types';

export interface RgbFit {
  readonly weight: number[][];
  readonly bias: number[];
  /** Peak signal-to-noise ratio of the linear preview against the area-reduced pictures, dB. */
  readonly psnrDb: number;
}

/**
 * Least squares for rgb = bias + weightᵀ·z over all cells. `latents`
 * [B, C, h, w] on the wire, `images` [B, 3, h, w] in −1…1 (already reduced).
 */
export function fitRgb(latents: Float32Array, images: Float32Array, channels: number, cells: number): RgbFit {
  const batch = images.length / (3 * cells);
  const n = channels + 1;
  const normal = Array.from({ length: n }, () => Array.from({ length: n + 3 }, () => 0));
  const row = Array.from({ length: n + 3 }, () => 0);
  for (const [b, cell] of positions(batch, cells)) {
    fill(row, latents, images, channels, cells, b, cell);
    for (let i = 0; i < n; i += 1)
      for (let j = 0; j < n + 3; j += 1)
        at(normal, i)[j] = (at(normal, i)[j] ?? 0) + (row[i] ?? 0) * (row[j] ?? 0);
  }
  eliminate(normal, n);
  let squares = 0;
  for (const [b, cell] of positions(batch, cells)) {
    fill(row, latents, images, channels, cells, b, cell);
    for (let colour = 0; colour < 3; colour += 1) {
      let predicted = 0;
      for (let i = 0; i < n; i += 1) predicted += (row[i] ?? 0) * (at(normal, i)[n + colour] ?? 0);
      squares += (Math.min(1, Math.max(0, predicted)) - (row[n + colour] ?? 0)) ** 2;
    }
  }
  const solution = normal.map((line) => line.slice(n));
  return {
    weight: solution.slice(0, channels),
    bias: solution[channels] ?? [],
    psnrDb: -10 * Math.log10(squares / (batch * cells * 3)),
  };
}

function* positions(batch: number, cells: number): Generator<readonly [number, number]> {
  for (let b = 0; b < batch; b += 1) for (let cell = 0; cell < cells; cell += 1) yield [b, cell];
}

/** One equation: channels, 1, then r, g, b in 0…1. */
function fill(
  row: number[],
  z: Float32Array,
  rgb: Float32Array,
  channels: number,
  cells: number,
  b: number,
  cell: number,
) {
  for (let c = 0; c < channels; c += 1) row[c] = z[(b * channels + c) * cells + cell] ?? 0;
  row[channels] = 1;
  for (let c = 0; c < 3; c += 1) row[channels + 1 + c] = ((rgb[(b * 3 + c) * cells + cell] ?? 0) + 1) / 2;
}

const at = (matrix: number[][], i: number): number[] => matrix[i] ?? [];

/** Gauss–Jordan with pivoting, in place: columns n… become the solutions. */
function eliminate(matrix: number[][], n: number): void {
  for (let column = 0; column < n; column += 1) {
    let pivot = column;
    for (let i = column + 1; i < n; i += 1)
      if (Math.abs(at(matrix, i)[column] ?? 0) > Math.abs(at(matrix, pivot)[column] ?? 0)) pivot = i;
    const [a, b] = [at(matrix, column), at(matrix, pivot)];
    [matrix[column], matrix[pivot]] = [b, a];
    const lead = b[column] ?? 0;
    if (Math.abs(lead) < 1e-9) throw new Error('The latents do not vary enough for a fit.');
    for (let j = 0; j < b.length; j += 1) b[j] = (b[j] ?? 0) / lead;
    for (let i = 0; i < n; i += 1) {
      if (i === column) continue;
      const line = at(matrix, i);
      const factor = line[column] ?? 0;
      for (let j = 0; j < line.length; j += 1) line[j] = (line[j] ?? 0) - factor * (b[j] ?? 0);
    }
  }
}

/** Pictures reduced to latent cells by area. */
export async function reduced(
  ops: TensorOps,
  images: Float32Array,
  batch: number,
  from: number,
  to: number,
): Promise<Float32Array> {
  const small = ops.resize(ops.from(images, [batch, 3, from, from]), to, to, 'area');
  const data = await small.read();
  if (!(data instanceof Float32Array)) throw new Error('Expected float32.');
  return data;
}
