/** A sampler is one file: its name, what is known of it, and its formulas. `samplers.ts` lists them. */
import type { Sampler } from './loop';

export interface SamplerDefinition<Name extends string = string> {
  /** As documents store it: never renamed. */
  readonly name: Name;
  /** What papers and other tools call it. */
  readonly title: string;
  /** Present when it draws noise; `eta` is the share it draws by default, 0 (none) … 1. */
  readonly noise?: { readonly eta: number };
  /** For multistep methods: the highest order by default. Default 1. */
  readonly order?: number;
  /** The highest order it can be asked for. Default: `order`. */
  readonly highestOrder?: number;
  /** Needs the unconditional prediction beside the guided one. */
  readonly unconditional?: boolean;
  /** Walks from a clean latent up to noise: its levels rise. */
  readonly rising?: boolean;
  /**
   * Order of its global error in the step of ln σ without noise (η = 0), as theory says; a test measures it. Absent
   * for a method without deterministic form.
   */
  readonly converges?: number;
  readonly run: Sampler;
}

/** An algorithm and what is known of it, defaults filled in. */
export interface SamplerInfo<Name extends string = string> {
  readonly name: Name;
  readonly title: string;
  readonly run: Sampler;
  /** Draws noise when `eta` > 0 (or always, where it has no η). */
  readonly stochastic: boolean;
  readonly defaults: { readonly eta: number; readonly order: number };
  readonly highestOrder: number;
  readonly unconditional: boolean;
  readonly rising: boolean;
  readonly converges: number | undefined;
}

/**
 * Defines a sampler. Its body is one step in the variance-exploding scale, x = x₀ + σ·n: from `step.x` at `step.sigma`
 * to `step.next`, which is 0 in the last step. All tensors are [B, C, h, w]; what a step makes is released with it.
 *
 * @example Euler's method (Karras et al. 2206.00364, eq. 3).
 * ```ts
 * export const euler = defineSampler({
 *   name: 'euler',
 *   title: 'Euler',
 *   converges: 1,
 *   run: (x, sampling) =>
 *     loop(x, sampling, async (step) => {
 *       const denoised = await step.denoise(step.x, step.sigma);
 *       const ratio = step.next / step.sigma;
 *       return { x: step.sum([ratio, step.x], [1 - ratio, denoised]) };
 *     }),
 * });
 * ```
 */
export const defineSampler = <const Name extends string>({
  name,
  title,
  run,
  noise,
  order = 1,
  highestOrder = order,
  unconditional = false,
  rising = false,
  converges,
}: SamplerDefinition<Name>): SamplerInfo<Name> => ({
  name,
  title,
  run,
  stochastic: noise !== undefined,
  defaults: { eta: noise?.eta ?? 0, order },
  highestOrder,
  unconditional,
  rising,
  converges,
});
