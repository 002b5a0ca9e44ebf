/**
 * The frame that every sampler runs in: one call of `body` per step, with its
 * temporaries released at the end of the step, however it ends. A sampler is
 * then nothing but its paper's formulas.
 *
 * Everything is in the variance-exploding scale of Karras et al. (2206.00364):
 * x = x₀ + σ·n with n ~ N(0, I), and denoise(x, σ) = E[x₀ | x].
 */
import type { Tensor, TensorOps } from '@/engine/types';
import type { Clock } from './brownian';
import type { DialectName } from './dialect-names';

/** Options that samplers share; each says which it reads. */
export interface SamplerOptions {
  /** Share of fresh noise in a step, 0 (deterministic) … 1 (the full posterior). */
  readonly eta: number;
  /** Factor on injected noise (k-diffusion's `s_noise`). */
  readonly noiseScale: number;
  /** Highest order of a multistep method. */
  readonly order: number;
  /** Whose formulas, where tools differ. Default ours. */
  readonly dialect?: DialectName;
  /** UniPC's B(h): h ('bh1') or e^h − 1 ('bh2', the default). */
  readonly variant?: 'bh1' | 'bh2';
}

/** What guidance makes of both evaluations, and the evaluation without a condition. */
export interface BothPredictions {
  readonly guided: Tensor;
  readonly unconditional: Tensor;
}

/** What a step reports before it is taken: x_t and the x̂₀ first predicted from it. Borrowed. */
export interface StepReport {
  readonly index: number;
  readonly sigma: number;
  readonly x: Tensor;
  readonly denoised: Tensor;
}

/** A sampling: which steps, with which denoiser and noise. */
export interface Sampling {
  /** Results belong to its scope. */
  readonly ops: TensorOps;
  /** σ₀ > … > σ_n of the whole schedule, the last may be 0; rising for an inversion, the first may be 0. */
  readonly sigmas: ArrayLike<number>;
  /** Steps first…last−1 are taken: from σ_first to σ_last. */
  readonly first: number;
  readonly last: number;
  readonly options: SamplerOptions;
  /** x̂₀ of x at noise level sigma, during step `index`. The result belongs to `ops`. */
  denoise(x: Tensor, sigma: number, index: number, ops: TensorOps): Promise<Tensor>;
  /** The same with the unconditional x̂₀ beside it, which is made even where guidance would not need it. */
  denoiseBoth(x: Tensor, sigma: number, index: number, ops: TensorOps): Promise<BothPredictions>;
  /** Standard normal noise: draw `draw` (0…3) of step `index`; the same for the same pair. */
  noise(dims: readonly number[], index: number, draw: number, ops: TensorOps): Tensor;
  /**
   * Standard normal noise that is the increment of one Brownian path from σ `from` down to `to`,
   * over its deviation. `at` names the draw for those who inject noise of their own; `anew` says that other tools draw it
   * anew each step, without a path.
   */
  path(
    dims: readonly number[],
    from: number,
    to: number,
    clock: Clock,
    at: { readonly index: number; readonly draw: number; readonly anew: boolean },
    ops: TensorOps,
  ): Tensor;
  readonly onStep?: (report: StepReport) => void;
  /** What a multistep method remembered when it stopped at `first`, newest first. */
  readonly history?: readonly Tensor[];
}

/** x at σ_last, and what a multistep method remembers. Both belong to the sampling's `ops`. */
export interface Sampled {
  readonly x: Tensor;
  readonly history: readonly Tensor[];
}

/** A sampling algorithm. `x` [B, C, h, w] is at noise level sigmas[first]. */
export type Sampler = (x: Tensor, sampling: Sampling) => Promise<Sampled>;

/** One step as a sampler sees it. */
export interface Step {
  readonly index: number;
  readonly x: Tensor;
  /** σ of `x`. */
  readonly sigma: number;
  /** σ after the step; 0 in the last one. */
  readonly next: number;
  /** σ of k steps ago (k ≥ 1); only valid for k ≤ history.length. */
  readonly before: (k: number) => number;
  readonly history: readonly Tensor[];
  readonly options: SamplerOptions;
  readonly denoise: (x: Tensor, sigma: number) => Promise<Tensor>;
  readonly denoiseBoth: (x: Tensor, sigma: number) => Promise<BothPredictions>;
  /** Draw `draw` (0…3) of this step's noise, scaled by `options.noiseScale`. */
  readonly noise: (draw: number) => Tensor;
  /** The Brownian path's increment from σ `from` to `to`, scaled likewise. */
  readonly path: (from: number, to: number, clock: Clock, draw: number, anew?: boolean) => Tensor;
  /** Σ cᵢ·xᵢ in this step's scope. */
  readonly sum: (...terms: readonly (readonly [number, Tensor])[]) => Tensor;
}

/** A step's result: the next x and what to remember, newest first. */
export interface StepResult {
  readonly x: Tensor;
  readonly history?: readonly Tensor[];
}

/** Runs `body` for the sampling's steps. Tensors that outlive a step are retained here and nowhere else. */
export async function loop(
  start: Tensor,
  sampling: Sampling,
  body: (step: Step) => Promise<StepResult>,
): Promise<Sampled> {
  let x = start.retain();
  let history = (sampling.history ?? []).map((tensor) => tensor.retain());
  try {
    for (let index = sampling.first; index < sampling.last; index++) {
      const scope = sampling.ops.scope();
      try {
        const result = await takeStep(x, index, history, sampling, scope.ops, body);
        const old = [x, ...history];
        x = result.x.retain();
        history = (result.history ?? []).map((tensor) => tensor.retain());
        for (const tensor of old) tensor.release();
      } finally {
        scope.release();
      }
    }
    const own = (tensor: Tensor): Tensor => sampling.ops.linear([[1, tensor]]);
    return { x: own(x), history: history.map(own) };
  } finally {
    for (const tensor of [x, ...history]) tensor.release();
  }
}

async function takeStep(
  x: Tensor,
  index: number,
  history: readonly Tensor[],
  sampling: Sampling,
  ops: TensorOps,
  body: (step: Step) => Promise<StepResult>,
): Promise<StepResult> {
  const sigma = sampling.sigmas[index] ?? Number.NaN;
  let reported = false;
  const report = (denoised: Tensor): void => {
    if (!reported) sampling.onStep?.({ index, sigma, x, denoised });
    reported = true;
  };
  const { noiseScale } = sampling.options;
  const scaled = (drawn: Tensor): Tensor => (noiseScale === 1 ? drawn : ops.linear([[noiseScale, drawn]]));
  return body({
    index,
    x,
    sigma,
    next: sampling.sigmas[index + 1] ?? Number.NaN,
    before: (k) => sampling.sigmas[index - k] ?? Number.NaN,
    history,
    options: sampling.options,
    async denoise(at, level) {
      const denoised = await sampling.denoise(at, level, index, ops);
      report(denoised);
      return denoised;
    },
    async denoiseBoth(at, level) {
      const both = await sampling.denoiseBoth(at, level, index, ops);
      report(both.guided);
      return both;
    },
    noise: (draw) => scaled(sampling.noise(x.dims, index, draw, ops)),
    path: (from, to, clock, draw, anew = false) =>
      scaled(sampling.path(x.dims, from, to, clock, { index, draw, anew }, ops)),
    sum: (...terms) => ops.linear(terms),
  });
}
