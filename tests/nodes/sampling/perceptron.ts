/** The network, start and noise of the NumPy vectors (tests/nodes/vectors). */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Conditioner, DiffusionInfo, Tensor, UNet } from '@/engine/types';
import { samplerNames } from '@/nodes/sampling/_math/samplers';
import { scheduleNames } from '@/nodes/sampling/_math/schedules';
import { Wide } from './wide';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../fixtures/vectors/${name}`, import.meta.url), 'utf8'));
const numbers = z.array(z.number());

export const vectors = z
  .object({
    dims: z.tuple([z.int(), z.int()]),
    steps: z.int(),
    network: z.object({
      w1: numbers,
      b1: numbers,
      wt: numbers,
      w2: numbers,
      condition: z.number(),
      guidance: z.number(),
    }),
    start: numbers,
    cases: z.array(
      z.object({
        prediction: z.enum(['epsilon', 'v', 'sample']),
        sampler: z.enum(samplerNames),
        schedule: z.enum(scheduleNames),
        eta: z.number().optional(),
        order: z.int().optional(),
        variant: z.enum(['bh1', 'bh2']).optional(),
        out: numbers,
      }),
    ),
  })
  .parse(read('samplers.json'));

/** 1,000 steps, linear in √β, as the LDM code. */
export function betas(
  prediction: DiffusionInfo['prediction'],
  betaStart: number,
  betaEnd: number,
): DiffusionInfo {
  const T = 1000;
  let product = 1;
  const alphasCumprod = Float64Array.from({ length: T }, (_, t) => {
    const beta = (Math.sqrt(betaStart) + (t / (T - 1)) * (Math.sqrt(betaEnd) - Math.sqrt(betaStart))) ** 2;
    product *= 1 - beta;
    return product;
  });
  return { prediction, alphasCumprod };
}

/** What stands in for normal noise: draw `draw` of step `index`. */
export const injectedNoise = (count: number, index: number, draw: number): number[] =>
  Array.from({ length: count }, (_, k) => 1.3 * Math.sin(1.7 * k + 2.3 * index + 0.9 * draw + 0.4));

/** The vectors' network, evaluated in float64 on float32 inputs. */
export function perceptron(prediction: DiffusionInfo['prediction'], diffusion: DiffusionInfo): UNet {
  const { w1, b1, wt, w2 } = vectors.network;
  const [, size] = vectors.dims;
  const hidden = b1.length;
  const conditioner: Conditioner = { id: 'none' };
  return {
    space: { space: 'vector', channels: size, factor: 1, rgb: { weight: [], bias: [] } },
    diffusion: { ...diffusion, prediction },
    conditioner,
    nativeSize: { height: 1, width: 1 },
    multipleOf: 1,
    concatChannels: 0,
    contextWidth: 1,
    load: () => Promise.resolve(),
    async call(sample: Tensor, timesteps, context, { ops }) {
      const conditions = context instanceof Wide ? context.values : await context.read();
      const values = sample instanceof Wide ? sample.values : await sample.read();
      const out = sample instanceof Wide ? new Float64Array(values.length) : new Float32Array(values.length);
      for (const [b, t] of timesteps.entries()) {
        const inner = Array.from({ length: hidden }, (_, h) => {
          let sum = (b1[h] ?? 0) + (wt[h] ?? 0) * (t / 1000 + Number(conditions[b]));
          for (let k = 0; k < size; k++) sum += (w1[h * size + k] ?? 0) * Number(values[b * size + k]);
          return Math.tanh(sum);
        });
        for (let k = 0; k < size; k++) {
          out[b * size + k] = inner.reduce((sum, value, h) => sum + value * (w2[k * hidden + h] ?? 0), 0);
        }
      }
      return out instanceof Float64Array ? new Wide(out, sample.dims) : ops.from(out, sample.dims);
    },
  };
}
