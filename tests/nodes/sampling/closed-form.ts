/** Data whose exact denoiser is known: Gaussians and mixtures of Gaussians in one dimension, many samples at once. */
import type { Tensor } from '@/engine/types';
import { valuesOf, Wide, wideOps } from './wide';
import { samplers, type SamplerName } from '@/nodes/sampling/_math/samplers';
import { pathIncrement } from '@/nodes/sampling/_math/brownian';
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
  seed = 5n,
): Promise<Float64Array> {
  const { run, defaults } = samplers[name];
  const predict = (x: Tensor, sigma: number): Tensor =>
    new Wide(
      valuesOf(x).map((value) => denoise(value, sigma)),
      x.dims,
    );
  // Neighbouring increments share most of their normals.
  const normals = new Map<number, Tensor>();
  const normal = (dims: readonly number[], draw: number): Tensor => {
    const known = normals.get(draw) ?? wideOps.noise(dims, { seed, stream: 2 ** 30 + draw });
    normals.set(draw, known);
    return known;
  };
  const result = await run(new Wide(start, [1, 1, 1, start.length]), {
    ops: wideOps,
    sigmas,
    ...range,
    options: { eta: defaults.eta, order: defaults.order, noiseScale: 1, ...options },
    denoise: (x, sigma) => Promise.resolve(predict(x, sigma)),
    denoiseBoth: (x, sigma) =>
      Promise.resolve({ guided: predict(x, sigma), unconditional: predict(x, sigma) }),
    noise: (dims, index, draw, ops) => ops.noise(dims, { seed, stream: 1 + index * 8 + draw }),
    path: (dims, top, bottom, clock, _at, ops) =>
      ops.linear(pathIncrement(top, bottom, clock).map(({ draw, weight }) => [weight, normal(dims, draw)])),
  });
  return valuesOf(result.x);
}

/** n + 1 levels even in ln σ. */
export const logSpaced = (from: number, to: number, n: number): Float64Array =>
  Float64Array.from({ length: n + 1 }, (_, i) => from * (to / from) ** (i / n));
