/** Reading and changing masks on the CPU: a few kernels that TensorOps has no use for elsewhere. */
import type { Tensor } from '@/engine/types';
import { nchw } from '../_shared/latent';
import { readFloats } from '../_shared/read';

/** A mask's values with its size; planes = batch (one channel each). */
export interface Field {
  readonly values: Float32Array;
  readonly planes: number;
  readonly height: number;
  readonly width: number;
}

/** The contents of a mask [B, 1, H, W]. */
export async function readField(mask: Tensor): Promise<Field> {
  const { batch, channels, height, width } = nchw(mask);
  return { values: await readFloats(mask), planes: batch * channels, height, width };
}

/** For each position, `pick` over the values within `radius` along rows, then along columns: a square structuring element. */
export function slidingExtreme(
  field: Field,
  radius: number,
  pick: (a: number, b: number) => number,
): Float32Array {
  const rows = along(field.values, field, radius, pick, 'x');
  return along(rows, field, radius, pick, 'y');
}

function along(
  values: Float32Array,
  { planes, height, width }: Field,
  radius: number,
  pick: (a: number, b: number) => number,
  axis: 'x' | 'y',
): Float32Array {
  const out = new Float32Array(values.length);
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const start = plane * height * width;
        let best = values[start + y * width + x] ?? 0;
        for (let d = -radius; d <= radius; d++) {
          const [yy, xx] = axis === 'x' ? [y, x + d] : [y + d, x];
          if (yy < 0 || yy >= height || xx < 0 || xx >= width) continue;
          best = pick(best, values[start + yy * width + xx] ?? 0);
        }
        out[start + y * width + x] = best;
      }
    }
  }
  return out;
}

/** Gaussian blur with deviation `sigma` pixels, separable, edges repeated, weights summing to 1. */
export function gaussianBlur(field: Field, sigma: number): Float32Array {
  const radius = Math.ceil(3 * sigma);
  const raw = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = raw.reduce((a, b) => a + b, 0);
  const kernel = raw.map((w) => w / total);
  const pass = (values: Float32Array, axis: 'x' | 'y'): Float32Array => {
    const { planes, height, width } = field;
    const out = new Float32Array(values.length);
    for (let plane = 0; plane < planes; plane++) {
      const start = plane * height * width;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          let sum = 0;
          for (const [i, w] of kernel.entries()) {
            const d = i - radius;
            const yy = axis === 'y' ? Math.min(height - 1, Math.max(0, y + d)) : y;
            const xx = axis === 'x' ? Math.min(width - 1, Math.max(0, x + d)) : x;
            sum += w * (values[start + yy * width + xx] ?? 0);
          }
          out[start + y * width + x] = sum;
        }
      }
    }
    return out;
  };
  return pass(pass(field.values, 'x'), 'y');
}
