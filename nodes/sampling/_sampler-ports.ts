/** The sampler's ports and parameters, apart from what it does with them: the page shows these only. */
import { z } from 'zod';
import { broadcast, mul, noiseGenerators, port, v, type RunContext } from '@/engine/types';
import { latentFields, spaceFields } from '../_shared/latent';
import { generatorTitles } from '../_shared/noise-params';
import { dialectNames, dialectTitles } from './_math/dialect-names';
import { samplerNames, samplerTitles } from './_math/samplers';
import { scheduleParam, stepsParam } from './_schedule-params';

export const inputs = {
  denoiser: port('denoiser', { ...spaceFields, batch: broadcast(v('B')) }),
  noise: port('noise', latentFields(), { doc: 'Start noise; its seed also drives stochastic samplers.' }),
  latent: port(
    'latent',
    { ...latentFields(), batch: broadcast(v('B')) },
    { optional: true, doc: 'Image to image, inpainting, or a sampling to go on with.' },
  ),
  mask: port(
    'mask',
    { batch: broadcast(v('B')), height: mul(v('F'), v('h')), width: mul(v('F'), v('w')) },
    { optional: true, doc: '1 = draw anew, 0 = keep the latent.' },
  ),
  schedule: port('schedule', {}, { optional: true, doc: 'Replaces steps and schedule.' }),
};
export const outputs = { latent: port('latent', latentFields()) };

export const params = z.object({
  sampler: z
    .enum(samplerNames)
    .default('ddim')
    .meta({ widget: 'select', label: 'Sampler', options: samplerTitles }),
  steps: stepsParam,
  schedule: scheduleParam,
  strength: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .meta({ widget: 'slider', label: 'Strength', min: 0, max: 1, step: 0.01 }),
  eta: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .default(null)
    .meta({ widget: 'slider', label: 'η', min: 0, max: 1, step: 0.05, advanced: true }),
  noiseSource: z
    .enum(['same', ...noiseGenerators])
    .default('same')
    .meta({
      widget: 'select',
      label: 'Noise source',
      options: { same: 'As the noise', ...generatorTitles },
      advanced: true,
    }),
  dialect: z
    .enum(dialectNames)
    .default('ours')
    .meta({ widget: 'select', label: 'Dialect', options: dialectTitles, advanced: true }),
  noiseScale: z
    .number()
    .min(0)
    .max(2)
    .default(1)
    .meta({ label: 'Noise scale', min: 0, max: 2, step: 0.01, advanced: true }),
  variant: z
    .enum(['bh2', 'bh1'])
    .default('bh2')
    .meta({
      widget: 'select',
      label: 'UniPC variant',
      options: { bh2: 'B(h) = eʰ − 1', bh1: 'B(h) = h' },
      advanced: true,
    }),
  order: z.int().min(0).max(4).default(0).meta({ label: 'Order', min: 0, max: 4, step: 1, advanced: true }),
  startStep: z
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .meta({ label: 'Start step', min: 0, max: 1000, step: 1, advanced: true }),
  endStep: z
    .int()
    .min(0)
    .max(1000)
    .default(1000)
    .meta({ label: 'End step', min: 0, max: 1000, step: 1, advanced: true }),
  jumpLength: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .meta({ label: 'Jump length', min: 1, max: 100, step: 1, advanced: true }),
  resamplings: z
    .int()
    .min(1)
    .max(50)
    .default(1)
    .meta({ label: 'Resamplings', min: 1, max: 50, step: 1, advanced: true }),
});

export type SamplerContext = RunContext<typeof inputs, typeof outputs, typeof params>;
