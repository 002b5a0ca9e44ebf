/** ComfyUI's dialect against its formulas in NumPy float64 (tests/nodes/vectors/make_comfy.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Tensor } from '@/engine/types';
import { createDenoiser } from '@/nodes/sampling/_denoiser';
import { levelsOf } from '@/nodes/sampling/_levels';
import { dialects } from '@/nodes/sampling/_math/dialects';
import { noiseLevels } from '@/nodes/sampling/_math/noise-levels';
import { samplers } from '@/nodes/sampling/_math/samplers';
import { scheduleNames, scheduleOf } from '@/nodes/sampling/_math/schedules';
import {
  a1111Samplers,
  comfySamplers,
  comfySchedulers,
  fromA1111,
  fromComfy,
  toComfy,
} from '@/nodes/sampling/_math/tool-names';
import { betas, injectedNoise, perceptron, vectors } from './perceptron';
import { valuesOf, Wide, wideOps } from './wide';

const numbers = z.array(z.number());
const comfy = z
  .object({
    betaStart: z.number(),
    betaEnd: z.number(),
    sigmas: z.record(z.string(), z.array(numbers)),
    latent: numbers,
    cases: z.array(
      z.object({
        sampler: z.string(),
        scheduler: z.string(),
        steps: z.int(),
        denoise: z.number(),
        out: numbers,
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/vectors/comfy.json', import.meta.url), 'utf8')));
const diffusion = betas('epsilon', comfy.betaStart, comfy.betaEnd);

describe('ComfyUI’s schedulers', () => {
  for (const [name, lists] of Object.entries(comfy.sigmas)) {
    it(`${name}: 1 to 50 steps within 1e-6`, () => {
      const schedule = comfySchedulers[name];
      expect(schedule).toBeDefined();
      expect(lists.length).toBe(50);
      for (const [i, want] of lists.entries()) {
        const steps = i + 1;
        const shape = schedule && dialects.comfy.shape(schedule, steps, diffusion);
        const got = schedule ? scheduleOf(schedule, steps, diffusion, shape) : new Float64Array();
        expect(got.length).toBe(want.length);
        for (const [k, sigma] of want.entries())
          expect(Math.abs((got[k] ?? Number.NaN) - sigma)).toBeLessThanOrEqual(1e-6 * sigma);
      }
    });
  }
});

async function errorOf(one: (typeof comfy.cases)[number]): Promise<number> {
  const [batch, size] = vectors.dims;
  const dims = [batch, size, 1, 1];
  const make = (values: readonly number[], shape: readonly number[] = dims): Tensor =>
    new Wide(Float64Array.from(values), shape);
  const named = fromComfy(one.sampler, one.scheduler);
  if (!named) throw new Error(`no ${one.sampler} ${one.scheduler}`);
  const info = samplers[named.sampler];
  const unet = perceptron('epsilon', diffusion);
  const latent = { kind: 'latent', space: unet.space, samples: make(comfy.latent) } as const;
  const asked = { ...named, dialect: 'comfy', steps: one.steps, strength: one.denoise } as const;
  const { sigmas, first, last, end } = levelsOf({ ...asked, startStep: 0, endStep: 1000 }, info, {
    schedule: undefined,
    latent,
    model: { diffusion },
  });
  const begin = sigmas[first] ?? 0;
  const scale = dialects.comfy.startScale(begin, {
    ...named,
    highest: noiseLevels(diffusion).max,
    latent: true,
  });
  const start = wideOps.linear([
    [1, latent.samples],
    [scale, make(vectors.start)],
  ]);
  const context = make([vectors.network.condition], [1, 1, 1]);
  const denoiser = createDenoiser({
    unet,
    positive: info.unconditional
      ? [{ parts: { text: { part: 'text', context, label: '' } }, weight: 1, start: 0, end: 1 }]
      : [],
    negative: {},
    nulls: {},
    guidance: { scales: vectors.network.guidance, rescale: 0, from: 0, to: 1 },
  });
  const call = {
    ops: wideOps,
    signal: new AbortController().signal,
    roundTimesteps: dialects.comfy.roundTimesteps,
  };
  const injected = (index: number, draw: number): Tensor =>
    make(injectedNoise(batch * size, index - first, draw));
  const { x } = await info.run(start, {
    ops: wideOps,
    // The formulas know the steps that are taken alone.
    sigmas: sigmas.slice(first),
    first: 0,
    last: last - first,
    options: {
      eta: info.defaults.eta,
      order: named.order ?? info.defaults.order,
      noiseScale: 1,
      dialect: 'comfy',
      ...(named.variant && { variant: named.variant }),
    },
    denoise: (at, sigma) => denoiser.denoise(at, sigma, 0, call),
    async denoiseBoth(at, sigma) {
      const bare: Tensor[] = [];
      const unconditional = (denoised: Tensor): void => void bare.push(denoised);
      const guided = await denoiser.denoise(at, sigma, 0, { ...call, unconditional });
      return { guided, unconditional: bare[0] ?? guided };
    },
    noise: (_shape, index, draw) => injected(index + first, draw),
    path: (_shape, _from, _to, _clock, { index, draw }) => injected(index + first, draw),
  });
  expect(end?.scaled ?? false).toBe(false);
  const got = valuesOf(x);
  const largest = Math.max(...one.out.map(Math.abs));
  return Math.max(...one.out.map((want, i) => Math.abs((got[i] ?? Number.NaN) - want) / largest));
}

describe('ComfyUI’s samplers, with its noise injected', () => {
  for (const name of new Set(comfy.cases.map(({ sampler }) => sampler))) {
    it(`${name}: within 1e-9 of the formulas, denoise below 1 too`, async () => {
      const own = comfy.cases.filter(({ sampler }) => sampler === name);
      expect(own.length).toBe(4);
      for (const one of own)
        expect(await errorOf(one), `${one.scheduler} ${one.steps} ${one.denoise}`).toBeLessThan(1e-9);
    });
  }
  it('every name that is not only near has its vectors', () => {
    const written = new Set(comfy.cases.map(({ sampler }) => sampler));
    const exact = Object.entries(comfySamplers).filter(([, { near }]) => near !== true);
    const missing = exact.map(([name]) => name).filter((name) => !written.has(name.replace(/_gpu$/, '')));
    expect(missing).toEqual([]);
  });
});

describe('names of other tools', () => {
  it('ComfyUI’s come back as they are', () => {
    for (const [sampler, { near }] of Object.entries(comfySamplers)) {
      for (const scheduler of Object.keys(comfySchedulers)) {
        const named = fromComfy(sampler, scheduler);
        expect(named).toBeDefined();
        if (near === true || sampler.endsWith('_gpu') || !named) continue;
        expect(toComfy(named)).toEqual({ sampler, scheduler });
      }
    }
    expect(fromComfy('toString', 'normal')).toBeUndefined();
    expect(fromComfy('euler', 'constructor')).toBeUndefined();
    expect(toComfy({ sampler: 'ddim-inverse', schedule: 'normal' })).toBeUndefined();
    expect(toComfy({ sampler: 'euler', schedule: 'trailing' })).toBeUndefined();
  });
  it('A1111’s, with the schedule behind the name, beside it, or left to it', () => {
    expect(fromA1111('DPM++ 2M Karras')).toEqual({ sampler: 'dpmpp-2m', schedule: 'karras' });
    expect(fromA1111('DPM++ 2M', 'Karras')).toEqual({ sampler: 'dpmpp-2m', schedule: 'karras' });
    expect(fromA1111('DPM++ 2M SDE Heun Exponential')).toEqual({
      sampler: 'dpmpp-2m-sde-heun',
      schedule: 'exponential',
    });
    expect(fromA1111('DPM++ 2M SDE')).toEqual({ sampler: 'dpmpp-2m-sde', schedule: 'exponential' });
    expect(fromA1111('DPM++ 3M SDE', 'SGM Uniform')?.schedule).toBe('sgm-uniform');
    expect(fromA1111('Euler a')).toEqual({ sampler: 'euler-ancestral', schedule: 'normal' });
    expect(fromA1111('DDIM')).toEqual({ sampler: 'ddim', schedule: 'leading' });
    expect(fromA1111('Unheard of')).toBeUndefined();
    for (const { sampler } of Object.values(a1111Samplers)) expect(samplers[sampler]).toBeDefined();
  });
  it('every schedule but the diffusers spacings has a name in ComfyUI or A1111', () => {
    const known = new Set<string>([...Object.values(comfySchedulers), 'polyexponential']);
    expect(scheduleNames.filter((name) => !known.has(name))).toEqual(['trailing', 'leading', 'linspace']);
  });
});
