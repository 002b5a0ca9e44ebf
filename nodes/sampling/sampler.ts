/** The sampler node. Long, because its ports, its parameters and what they do stand in one file. */
import { z } from 'zod';
import {
  defineNode,
  broadcast,
  mul,
  noiseGenerators,
  port,
  v,
  type RunContext,
  LoomError,
  type LatentValue,
  type MaskValue,
  type Tensor,
  type TensorOps,
} from '@/engine/types';
import { latentFields, spaceFields, nchw, repeatBatch, sameSpace } from '../_shared/latent';
import { generatorTitles } from '../_shared/noise-params';
import { drawnNoise } from './_draws';
import { levelsOf } from './_levels';
import { dialectNames, dialectTitles } from './_math/dialect-names';
import { dialects } from './_math/dialects';
import { type ScheduleChoice } from './_math/model-schedule';
import { noiseLevels } from './_math/noise-levels';
import { samplerNames, samplerTitles, samplers } from './_math/samplers';
import { type ScheduleName } from './_math/schedules';
import { runSampling } from './_run';
import { samplerMigrations } from './_sampler-migrate';
import { samplerWarnings } from './_warnings';
import { scheduleParam, stepsParam } from './_schedule-params';

const inputPorts = {
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
const outputPorts = { latent: port('latent', latentFields()) };

const paramSchema = z.object({
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

type SamplerContext = RunContext<typeof inputPorts, typeof outputPorts, typeof paramSchema>;

export const samplingSampler = defineNode({
  id: 'sampling/sampler',
  version: 2,
  title: 'Sampler',
  category: 'sampling',
  doc: 'Walks from noise to a clean latent along the reverse of the diffusion (paper §3.2). With a latent wired in and a strength below 1 it starts from that latent with noise added; with a mask too, only the masked part is drawn anew (optionally with the resampling jumps of RePaint). Start and end step let a sampling stop half-way and another sampler go on from there exactly. At strength 1 without a mask the latent plays no part. DDIM inverse walks the other way, from a latent up to the noise it could have been drawn from, for another sampler to go on from. The dialect follows another tool where the same names draw other pictures (what a strength means, rounded training steps, scale of the start noise, last step).',
  aliases: [
    'KSampler',
    'KSamplerAdvanced',
    'SamplerCustom',
    'Denoise Latents',
    'DDIMSampler',
    'PLMSSampler',
    'DDIMInverseScheduler',
  ],
  inputs: inputPorts,
  outputs: outputPorts,
  params: paramSchema,
  migrate: samplerMigrations,
  warnings: samplerWarnings,
  run: sample,
});

/** Samples from the first to the last step asked for. Throws `bad-input` and `invalid-param` where what is wired does not go together. */
async function sample({
  inputs,
  params,
  runtime,
  signal,
  progress,
  preview,
  trace,
}: SamplerContext): Promise<{ latent: LatentValue }> {
  const { ops } = runtime;
  const { denoiser, noise, latent, mask } = inputs;
  const { space } = denoiser;
  sameSpace(space, noise.space, 'noise');
  if (latent) sameSpace(space, latent.space, 'latent');
  const shape = nchw(noise.samples);
  const { multipleOf } = denoiser.unet;
  if (shape.height % multipleOf !== 0 || shape.width % multipleOf !== 0) {
    throw new LoomError(
      'bad-input',
      `The U-Net takes latents whose sides are multiples of ${multipleOf}; got ${shape.width}×${shape.height}.`,
      { port: 'noise' },
    );
  }
  const info = samplers[params.sampler];
  const clean = latent && repeatBatch(ops, sized(latent, shape), shape.batch, 'latent');
  const {
    sigmas,
    first,
    last,
    end,
    start: ownStart,
  } = levelsOf(params, info, {
    schedule: inputs.schedule,
    latent,
    model: denoiser.unet,
  });
  if (!clean && (mask || first > 0 || info.rising)) {
    throw new LoomError(
      'bad-input',
      mask
        ? 'A mask needs the latent that it keeps.'
        : info.rising
          ? 'An inversion needs the latent that it brings back to noise.'
          : 'A sampling that begins half-way needs a latent to begin with.',
      { port: 'latent' },
      { fix: 'Wire an encoded image into the latent.' },
    );
  }
  if (mask && info.rising) {
    throw new LoomError(
      'bad-input',
      'An inversion brings the whole latent back to noise; it takes no mask.',
      {
        port: 'mask',
      },
    );
  }
  const startSigma = sigmas[first] ?? 0;
  const keep =
    mask && clean && !latent.noisy
      ? { latent: clean, mask: latentMask(ops, mask, shape), noise: noise.samples }
      : undefined;

  const rules = dialects[params.dialect];
  const added = clean && (first > 0 || rules.addsLatent) ? clean : undefined;
  const start =
    clean && (latent?.noisy || info.rising)
      ? // x_t at this level already, in the paper's scale.
        ops.linear([[Math.sqrt(1 + startSigma * startSigma), clean]])
      : startState(ops, added, noise.samples, startSigma, (sigma) =>
          ownStart === 'sigma'
            ? sigma
            : rules.startScale(sigma, {
                sampler: params.sampler,
                schedule: inputs.schedule ? undefined : spacingOf(params.schedule),
                highest: noiseLevels(denoiser.unet.diffusion).max,
                latent: added !== undefined,
              }),
        );
  const noisy = latent?.noisy;
  const resumes =
    noisy !== undefined &&
    noisy.sampler === params.sampler &&
    noisy.before.every((sigma, k) => sigma === sigmas[first - 1 - k]);
  const sampled = await runSampling({
    ops,
    signal,
    denoiser,
    sampler: info.run,
    options: {
      eta: params.eta ?? info.defaults.eta,
      noiseScale: params.noiseScale,
      order: Math.min(info.highestOrder, params.order === 0 ? info.defaults.order : params.order),
      variant: params.variant,
      dialect: params.dialect,
    },
    sigmas,
    first,
    last,
    noise: drawnNoise(noise, params, latent?.noisy ? 0 : first),
    roundTimesteps: rules.roundTimesteps,
    start,
    history: resumes ? noisy.history : [],
    keep,
    jumps: { length: params.jumpLength, times: keep ? params.resamplings : 1 },
    onStep({ done, total, sigma, x, denoised }) {
      trace?.({ step: done, total, sigma, x, denoised, space });
      preview('latent', { kind: 'latent', space, samples: denoised });
      progress({ done: done + 1, total, unit: 'steps' });
    },
  });
  const endSigma = sigmas[last] ?? 0;
  const inPaperScale = (): Tensor => ops.linear([[1 / Math.sqrt(1 + endSigma * endSigma), sampled.x]]);
  if (endSigma === 0 || end) {
    const x = end?.scaled === true ? inPaperScale() : sampled.x;
    return { latent: { kind: 'latent', space, samples: keep ? ops.blend(keep.latent, x, keep.mask) : x } };
  }
  return {
    latent: {
      kind: 'latent',
      space,
      samples: inPaperScale(),
      noisy: {
        sigma: endSigma,
        sampler: params.sampler,
        before: Array.from(
          { length: Math.min(last, sampled.history.length) },
          (_, k) => sigmas[last - 1 - k] ?? 0,
        ),
        history: sampled.history,
      },
    },
  };
}

/** The spacing by name; the model's own have none. */
const spacingOf = (schedule: ScheduleChoice): ScheduleName | undefined =>
  schedule === 'own' || schedule === 'lcm' ? undefined : schedule;

/** Noise at level sigma, alone or added to a clean latent; at level 0 the latent itself. */
function startState(
  ops: TensorOps,
  clean: Tensor | undefined,
  noise: Tensor,
  sigma: number,
  scale: (sigma: number) => number,
): Tensor {
  if (!clean) return ops.linear([[scale(sigma), noise]]);
  return sigma === 0
    ? ops.linear([[1, clean]])
    : ops.linear([
        [1, clean],
        [scale(sigma), noise],
      ]);
}

function sized(latent: LatentValue, shape: { readonly height: number; readonly width: number }): Tensor {
  const { height, width } = nchw(latent.samples);
  if (height !== shape.height || width !== shape.width) {
    throw new LoomError(
      'bad-input',
      `The latent is ${width}×${height} cells, the noise ${shape.width}×${shape.height}.`,
      { port: 'latent' },
      { fix: 'Give the noise the size of the picture, or resize the latent.' },
    );
  }
  return latent.samples;
}

/** A mask in pixels brought to latent cells by area, one per batch element. */
function latentMask(
  ops: TensorOps,
  { mask }: MaskValue,
  shape: { readonly batch: number; readonly height: number; readonly width: number },
): Tensor {
  const { height, width } = nchw(mask);
  const small =
    height === shape.height && width === shape.width
      ? mask
      : ops.resize(mask, shape.height, shape.width, 'area');
  return repeatBatch(ops, small, shape.batch, 'mask');
}
