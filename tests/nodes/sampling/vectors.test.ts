/** Against NumPy float64 vectors written from the papers' formulas (tests/nodes/vectors/make_vectors.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCpuBackend } from '@/engine/tensor';
import type { DiffusionInfo, Tensor, TensorOps } from '@/engine/types';
import { createDenoiser } from '@/nodes/sampling/_denoiser';
import { noiseLevels } from '@/nodes/sampling/_math/noise-levels';
import { samplerNames, samplers } from '@/nodes/sampling/_math/samplers';
import { scheduleNames, scheduleOf } from '@/nodes/sampling/_math/schedules';
import { betas, injectedNoise, perceptron, vectors } from './perceptron';
import { Wide, valuesOf, wideOps } from './wide';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../fixtures/vectors/${name}`, import.meta.url), 'utf8'));

const numbers = z.array(z.number());
const schedules = z
  .object({
    T: z.int(),
    betaStart: z.number(),
    betaEnd: z.number(),
    sigmas: z.record(z.string(), z.record(z.string(), numbers)),
  })
  .parse(read('schedules.json'));
const diffusion = (prediction: DiffusionInfo['prediction']): DiffusionInfo =>
  betas(prediction, schedules.betaStart, schedules.betaEnd);

describe('schedules against NumPy', () => {
  for (const name of scheduleNames) {
    it(`${name}: within 1e-6 relative`, () => {
      const lists = schedules.sigmas[name] ?? {};
      expect(Object.keys(lists).length).toBe(6);
      for (const [n, want] of Object.entries(lists)) {
        const got = scheduleOf(name, Number(n), diffusion('epsilon'));
        expect(got.length).toBe(want.length);
        for (const [i, sigma] of want.entries()) {
          expect(Math.abs((got[i] ?? Number.NaN) - sigma)).toBeLessThanOrEqual(1e-6 * sigma);
        }
      }
    });
  }
  it('timesteps and levels are each other’s inverse', () => {
    const levels = noiseLevels(diffusion('v'));
    for (const t of [0, 1, 17, 499, 998, 999]) expect(levels.timestepOf(levels.sigmaAt(t))).toBe(t);
    for (const t of [0.25, 17.5, 998.9]) expect(levels.timestepOf(levels.sigmaAt(t))).toBeCloseTo(t, 9);
    expect(levels.timestepOf(1e-9)).toBe(0);
    expect(levels.timestepOf(1e9)).toBe(999);
  });
});

/** One case, with the arithmetic of `ops`: the largest error relative to the largest value. */
async function errorOf(one: (typeof vectors.cases)[number], ops: TensorOps): Promise<number> {
  const [batch, size] = vectors.dims;
  const dims = [batch, size, 1, 1];
  const wide = ops === wideOps;
  const make = (values: readonly number[], shape: readonly number[] = dims): Tensor =>
    wide ? new Wide(Float64Array.from(values), shape) : ops.from(Float32Array.from(values), shape);
  const info = samplers[one.sampler];
  const falling = scheduleOf(one.schedule, vectors.steps, diffusion(one.prediction));
  const sigmas = info.rising ? falling.toReversed() : falling;
  const context = make([vectors.network.condition], [1, 1, 1]);
  const denoiser = createDenoiser({
    unet: perceptron(one.prediction, diffusion(one.prediction)),
    positive: info.unconditional
      ? [{ parts: { text: { part: 'text', context, label: '' } }, weight: 1, start: 0, end: 1 }]
      : [],
    negative: {},
    nulls: {},
    guidance: { scales: vectors.network.guidance, rescale: 0, from: 0, to: 1 },
  });
  const { signal } = new AbortController();
  // An inversion begins with a clean latent, every other sampler with x_T in the paper's scale.
  const whole = Math.sqrt(1 + (sigmas[0] ?? 0) ** 2);
  const injected = (index: number, draw: number): Tensor => make(injectedNoise(batch * size, index, draw));
  const { x } = await info.run(make(vectors.start.map((value) => value * whole)), {
    ops,
    sigmas,
    first: 0,
    last: sigmas.length - 1,
    options: {
      eta: one.eta ?? info.defaults.eta,
      order: one.order ?? info.defaults.order,
      noiseScale: 1,
      ...(one.variant && { variant: one.variant }),
    },
    denoise: (at, sigma, index, own) =>
      denoiser.denoise(at, sigma, index / vectors.steps, { ops: own, signal }),
    async denoiseBoth(at, sigma, index, own) {
      const bare: Tensor[] = [];
      const unconditional = (denoised: Tensor): void => void bare.push(denoised);
      const guided = await denoiser.denoise(at, sigma, index / vectors.steps, {
        ops: own,
        signal,
        unconditional,
      });
      return { guided, unconditional: bare[0] ?? guided };
    },
    noise: (_shape, index, draw) => injected(index, draw),
    path: (_shape, _from, _to, _clock, { index, draw }) => injected(index, draw),
  });
  // The inversion ends at the highest level; the vectors are in the paper's scale.
  const end = 1 / Math.sqrt(1 + (sigmas.at(-1) ?? 0) ** 2);
  const got = wide ? valuesOf(x) : await x.read();
  const largest = Math.max(...one.out.map(Math.abs));
  return Math.max(...one.out.map((want, i) => Math.abs(Number(got[i]) * end - want) / largest));
}

describe('samplers against NumPy, through the denoiser and float32 arithmetic', () => {
  it('every sampler and every schedule is covered', () => {
    const written = new Set<string>(vectors.cases.map((one) => one.sampler));
    expect(samplerNames.filter((name) => !written.has(name))).toEqual([]);
    expect(new Set(vectors.cases.map((one) => one.schedule)).size).toBe(scheduleNames.length);
  });
  const worst = { float64: 0, float32: 0 };
  for (const name of samplerNames) {
    const own = vectors.cases.filter(({ sampler }) => sampler === name);
    it(`${name} in float64: the formulas, within 1e-9`, async () => {
      for (const one of own) {
        const error = await errorOf(one, wideOps);
        worst.float64 = Math.max(worst.float64, error);
        expect(error, `${one.schedule} ${one.prediction}`).toBeLessThanOrEqual(1e-9);
      }
    });
    it(`${name} in float32: within 1e-5`, async () => {
      for (const one of own) {
        const backend = createCpuBackend();
        const scope = backend.scope();
        const error = await errorOf(one, scope.ops);
        scope.release();
        expect(backend.live().tensors).toBe(0);
        // Adams-Bashforth weights of an even grid on Karras's uneven one amplify float32's rounding of x0 − x (not the formulas: see float64).
        const bound =
          name === 'plms' && one.schedule === 'karras' && one.prediction === 'sample' ? 3e-5 : 1e-5;
        if (bound === 1e-5) worst.float32 = Math.max(worst.float32, error);
        expect(error, `${one.schedule} ${one.prediction}`).toBeLessThanOrEqual(bound);
      }
    });
  }
  it('states the worst error', () => {
    console.log(
      `worst relative error of ${vectors.cases.length} vectors: float64 ${worst.float64.toExponential(2)}, float32 ${worst.float32.toExponential(2)}`,
    );
    expect(worst.float32).toBeGreaterThan(0);
  });
});
