/** What the sampler node does; fetched by the engine that runs it, not by the page that shows it. */
import { LoomError, type LatentValue, type MaskValue, type Tensor, type TensorOps } from '@/engine/types';
import { nchw, repeatBatch, sameSpace } from '../_shared/latent';
import { samplers } from './_math/samplers';
import { levelsOf } from './_levels';
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
