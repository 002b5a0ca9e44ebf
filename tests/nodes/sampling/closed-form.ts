/** Data whose exact denoiser is known: Gaussians and mixtures of Gaussians in one dimension, many samples at once. */
import type { Tensor, TensorOps } from '@/engine/types';
import { valuesOf, Wide, wideOps } from './wide';
import { samplers, type SamplerName } from '@/nodes/sampling/_math/samplers';
import type { SamplerOptions } from '@/nodes/sampling/_math/loop';

/** One component: weight, mean, standard deviation of the data. */
export interface Component {
  readonly weight: number;
  readonly mean: number;
  readonly deviation: number;
}

/** E[x₀ | x] under x = x₀ + σ·n (Tweedie; exact). */
export function exactDenoiser(mixture: readonly Component[]): (x: number, sigma: number) => number {
  return (x, sigma) => {
    let total = 0;
    let sum = 0;
    const logs = mixture.map(({ weight, mean, deviation }) => {
      const variance = deviation ** 2 + sigma ** 2;
      return Math.log(weight) - 0.5 * Math.log(variance) - (x - mean) ** 2 / (2 * variance);
    });
    const top = Math.max(...logs);
    for (const [i, { mean, deviation }] of mixture.entries()) {
      const p = Math.exp((logs[i] ?? 0) - top);
      const variance = deviation ** 2 + sigma ** 2;
      total += p;
      sum += (p * (deviation ** 2 * x + sigma ** 2 * mean)) / variance;
    }
    return sum / total;
  };
}

/** The exact solution of the probability-flow ODE for one Gaussian. */
export const gaussianFlow = (x: number, from: number, to: number, mean: number, deviation: number): number =>
  mean + (x - mean) * Math.sqrt((deviation ** 2 + to ** 2) / (deviation ** 2 + from ** 2));

/** The probability-flow ODE by classical Runge–Kutta in ln σ with many steps: a reference for mixtures. */
export function referenceFlow(
  denoise: (x: number, sigma: number) => number,
  x: number,
  from: number,
  to: number,
  steps = 20_000,
): number {
  const h = Math.log(to / from) / steps;
  const slope = (u: number, y: number): number => y - denoise(y, Math.exp(u));
  let y = x;
  for (let i = 0; i < steps; i++) {
    const u = Math.log(from) + i * h;
    const k1 = slope(u, y);
    const k2 = slope(u + h / 2, y + (h / 2) * k1);
    const k3 = slope(u + h / 2, y + (h / 2) * k2);
    const k4 = slope(u + h, y + h * k3);
    y += (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return y;
}

/** Runs a sampler in float64 with an exact denoiser. */
export async function runExact(
  name: SamplerName,
  start: Float64Array,
  sigmas: ArrayLike<number>,
  denoise: (x: number, sigma: number) => number,
  options: Partial<SamplerOptions> = {},
  range: { readonly first: number; readonly last: number } = { first: 0, last: sigmas.length - 1 },
): Promise<Float64Array> {
  const info = samplers[name];
  const result = await info.run(new Wide(start, [1, 1, 1, start.length]), {
    ops: wideOps,
    sigmas,
    ...range,
    options: { eta: info.defaults.eta, order: info.defaults.order, noiseScale: 1, ...options },
    denoise: (x: Tensor, sigma: number, _index: number, _ops: TensorOps) =>
      Promise.resolve(
        new Wide(
          valuesOf(x).map((value) => denoise(value, sigma)),
          x.dims,
        ),
      ),
    noise: (dims, index, draw, ops) => ops.noise(dims, { seed: 5n, stream: 1 + index * 8 + draw }),
  });
  return valuesOf(result.x);
}

/** n + 1 levels even in ln σ. */
export const logSpaced = (from: number, to: number, n: number): Float64Array =>
  Float64Array.from({ length: n + 1 }, (_, i) => from * (to / from) ** (i / n));
