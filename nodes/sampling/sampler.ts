import { z } from 'zod';
import {
  defineNode,
  broadcast,
  mul,
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
import { levelsOf } from './_levels';
import { samplerNames, samplerTitles, samplers } from './_math/samplers';
import { runSampling } from './_run';
import { samplerMigrations } from './_sampler-migrate';
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
  doc: 'Walks from noise to a clean latent along the reverse of the diffusion (paper §3.2). With a latent wired in and a strength below 1 it starts from that latent with noise added; with a mask too, only the masked part is drawn anew (optionally with the resampling jumps of RePaint). Start and end step let a sampling stop half-way and another sampler go on from there exactly. At strength 1 without a mask the latent plays no part. DDIM inverse walks the other way, from a latent up to the noise it could have been drawn from, for another sampler to go on from.',
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
  const { sigmas, first, last } = levelsOf(params, info, {
    schedule: inputs.schedule?.sigmas,
    latent,
    diffusion: denoiser.unet.diffusion,
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

  const start = startState(ops, {
    clean,
    state: latent?.noisy !== undefined || info.rising,
    noise: noise.samples,
    sigma: startSigma,
    fresh: first === 0,
  });
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
    },
    sigmas,
    first,
    last,
    noise,
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
  if (endSigma === 0) {
    const samples = keep ? ops.blend(keep.latent, sampled.x, keep.mask) : sampled.x;
    return { latent: { kind: 'latent', space, samples } };
  }
  return {
    latent: {
      kind: 'latent',
      space,
      samples: ops.linear([[1 / Math.sqrt(1 + endSigma * endSigma), sampled.x]]),
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

function startState(
  ops: TensorOps,
  from: {
    readonly clean: Tensor | undefined;
    /** The latent is x_t at this level already. */
    readonly state: boolean;
    readonly noise: Tensor;
    readonly sigma: number;
    readonly fresh: boolean;
  },
): Tensor {
  const { clean, noise, sigma } = from;
  const whole = Math.sqrt(1 + sigma * sigma);
  if (clean && from.state) return ops.linear([[whole, clean]]);
  if (clean && !from.fresh) {
    return sigma === 0
      ? ops.linear([[1, clean]])
      : ops.linear([
          [1, clean],
          [sigma, noise],
        ]);
  }
  // x_T ~ N(0, I) in the paper's scale.
  return ops.linear([[whole, noise]]);
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
