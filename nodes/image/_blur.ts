/** Separable blur of pictures on the CPU, with reflected edges. */
import type { Tensor } from '@/engine/types';
import { nchw } from '../_shared/latent';
import { readFloats } from '../_shared/read';

/**
 * Weights of a Gaussian over 2·radius + 1 pixels, summing to 1. The radius is one unit of length: a
 * standard deviation of 1 is `radius` pixels (the convention of ComfyUI's ImageBlur and ImageSharpen).
 */
export function gaussianWeights(radius: number, sigma: number): readonly number[] {
  const weights = Array.from({ length: 2 * radius + 1 }, (_, index) => {
    const x = (index - radius) / radius;
    return Math.exp(-(x * x) / (2 * sigma * sigma));
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** The picture [B, C, H, W] weighted along rows, then along columns. */
export async function blurred(pixels: Tensor, weights: readonly number[]): Promise<Float32Array> {
  const { height, width } = nchw(pixels);
  const values = await readFloats(pixels);
  const rows = along(values, weights, 1, width, (index) => index % width);
  return along(rows, weights, width, height, (index) => Math.floor(index / width) % height);
}

function along(
  values: Float32Array,
  weights: readonly number[],
  step: number,
  length: number,
  placeOf: (index: number) => number,
): Float32Array {
  const radius = (weights.length - 1) / 2;
  const out = new Float32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const place = placeOf(index);
    let sum = 0;
    for (let k = -radius; k <= radius; k++)
      sum +=
        (weights[k + radius] ?? 0) * (values[index + (reflected(place + k, length) - place) * step] ?? 0);
    out[index] = sum;
  }
  return out;
}

/** A place outside seen in the mirror of the edge, which is not repeated: −1 is 1. */
function reflected(place: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const inside = ((place % period) + period) % period;
  return inside < length ? inside : period - inside;
}
