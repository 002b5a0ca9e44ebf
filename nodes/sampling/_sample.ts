/** What the sampler node does; fetched by the engine that runs it, not by the page that shows it. */
import { LoomError, type LatentValue, type MaskValue, type Tensor, type TensorOps } from '@/engine/types';
import { nchw, repeatBatch, sameSpace } from '../_shared/latent';
import { dialects } from './_math/dialects';
import { noiseLevels } from './_math/noise-levels';
import { samplers } from './_math/samplers';
import type { ScheduleChoice } from './_math/model-schedule';
import type { ScheduleName } from './_math/schedules';
import { levelsOf } from './_levels';
import { drawnNoise } from './_draws';
import { runSampling } from './_run';
import type { SamplerContext } from './_sampler-ports';

/** Samples from the first to the last step asked for. Throws `bad-input` and `invalid-param` where what is wired does not go together. */
export async function sample({
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
