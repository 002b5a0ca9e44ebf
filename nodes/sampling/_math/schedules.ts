/**
 * Schedules: which noise levels a sampling visits. Each function gives n levels
 * σ₀ > … > σ_{n−1} > 0; {@link scheduleOf} adds the final 0.
 */
import { LoomError, type DiffusionInfo } from '@/engine/types';
import { betaQuantile } from './beta-quantile';
import { noiseLevels, type NoiseLevels } from './noise-levels';

export const scheduleNames = [
  'trailing',
  'leading',
  'linspace',
  'karras',
  'exponential',
  'polyexponential',
  'beta',
  'sgm-uniform',
  'simple',
  'normal',
  'kl-optimal',
  'ddim-uniform',
  'linear-quadratic',
] as const;
export type ScheduleName = (typeof scheduleNames)[number];

/** Shape parameters; each schedule says which it reads. */
export interface ScheduleOptions {
  /** Karras: curvature, 7 in the paper. Polyexponential: exponent of the ramp, 1 = exponential. */
  readonly rho?: number;
  /** Beta: both parameters of the beta distribution, 0.6 in the paper. */
  readonly alpha?: number;
  readonly beta?: number;
  /** Beta: timesteps rounded to training steps, equal ones dropped, as ComfyUI has it. */
  readonly round?: boolean;
  /** Ends of the range; the network's own where left out. */
  readonly sigmaMin?: number;
  readonly sigmaMax?: number;
}

type Levels = (n: number, levels: NoiseLevels, options: ScheduleOptions) => number[];

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** i/(n − 1), and 0 for a single step. */
const ramp = (n: number): number[] => count(n).map((i) => (n === 1 ? 0 : i / (n - 1)));
/** Rounds halves to even, as NumPy's `round` does. */
const roundEven = (x: number): number => {
  const nearest = Math.round(x);
  return Math.abs(x - Math.trunc(x)) === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
};

/** Every ⌊T/n⌋-th training step from step 1, from step 0 where there is no room for that (diffusers' "leading" with `steps_offset` 1). */
const leading: Levels = (n, levels) => {
  const stride = Math.floor(levels.count / n);
  const offset = Math.min(1, levels.count - 1 - (n - 1) * stride);
  return count(n).map((i) => levels.sigmaAt((n - 1 - i) * stride + offset));
};
/** How much of the training steps *leading* reaches with n steps, 0…1: where T is no multiple of n it starts below pure noise. */
export const leadingReach = (n: number, trained: number): number => (n * Math.floor(trained / n)) / trained;
/** n training steps evenly from the last to the first (diffusers' "linspace"). */
const linspace: Levels = (n, levels) =>
  ramp(n).map((u) => levels.sigmaAt(roundEven((1 - u) * (levels.count - 1))));
/** Every (T/n)-th training step counted from the last (Lin et al. 2305.08891, §3.3). */
const trailing: Levels = (n, levels) =>
  count(n).map((i) => levels.sigmaAt(Math.max(0, roundEven(levels.count - (i * levels.count) / n) - 1)));
/** Even in σ^(1/ρ) (Karras et al. 2206.00364, eq. 5). Reads `rho`. */
const karras: Levels = (n, levels, { rho = 7, sigmaMin = levels.min, sigmaMax = levels.max }) =>
  ramp(n).map((u) => (sigmaMax ** (1 / rho) + u * (sigmaMin ** (1 / rho) - sigmaMax ** (1 / rho))) ** rho);
/** Even in log σ (k-diffusion, `get_sigmas_exponential`). */
const exponential: Levels = (n, levels, { sigmaMin = levels.min, sigmaMax = levels.max }) =>
  ramp(n).map((u) => Math.exp(Math.log(sigmaMax) + u * (Math.log(sigmaMin) - Math.log(sigmaMax))));
/** A power of an even ramp in log σ (k-diffusion, `get_sigmas_polyexponential`). Reads `rho`. */
const polyexponential: Levels = (n, levels, { rho = 1, sigmaMin = levels.min, sigmaMax = levels.max }) =>
  ramp(n).map((u) =>
    Math.exp((1 - u) ** rho * (Math.log(sigmaMax) - Math.log(sigmaMin)) + Math.log(sigmaMin)),
  );
/** Timesteps at quantiles of a beta distribution (2407.12173), not rounded to training steps unless asked, so that n steps stay n. Reads `alpha`, `beta`, `round`. */
const betaSchedule: Levels = (n, levels, { alpha = 0.6, beta = 0.6, round = false }) => {
  const times = count(n).map((i) => betaQuantile(1 - i / n, alpha, beta) * (levels.count - 1));
  const used = round ? [...new Set(times.map(roundEven))] : times;
  return used.map((t) => levels.sigmaAt(t));
};
/** n + 1 timesteps evenly from the last to the first, without the first (Stability's `sgm`; ComfyUI's "sgm_uniform"). */
const sgmUniform: Levels = (n, levels) =>
  count(n).map((i) => levels.sigmaAt((1 - i / n) * (levels.count - 1)));
/** Every (T/n)-th training step from the last, truncated (ComfyUI's "simple"). */
const simple: Levels = (n, levels) =>
  count(n).map((i) => levels.sigmaAt(levels.count - 1 - Math.floor(i * (levels.count / n))));
/** n timesteps evenly from the last to the first, not rounded (k-diffusion's `get_sigmas`; ComfyUI's "normal"). */
const normal: Levels = (n, levels) => ramp(n).map((u) => levels.sigmaAt((1 - u) * (levels.count - 1)));
/** Even in arctan σ (Sabour et al. 2404.14507, "Align your steps", §3: optimal for Gaussian data in KL divergence). */
const klOptimal: Levels = (n, levels, { sigmaMin = levels.min, sigmaMax = levels.max }) =>
  ramp(n).map((u) => Math.tan(u * Math.atan(sigmaMin) + (1 - u) * Math.atan(sigmaMax)));
/** Every ⌊T/n⌋-th training step from step 1 to the last that fits: more than n levels where T is no multiple of n (the LDM code's `make_ddim_timesteps`, ComfyUI's "ddim_uniform"). */
const ddimUniform: Levels = (n, levels) => {
  const stride = Math.floor(levels.count / n);
  const fitting = Math.floor((levels.count - 2) / stride) + 1;
  return count(fitting).map((i) => levels.sigmaAt(1 + (fitting - 1 - i) * stride));
};
/** σ/σ_max falls by 0.025 over the first half of the steps, then as a parabola to 0 (Mochi, genmoai/models; ComfyUI's "linear_quadratic"). */
const linearQuadratic: Levels = (n, levels, { sigmaMax = levels.max }) => {
  if (n === 1) return [sigmaMax];
  const slow = Math.floor(n / 2);
  const [slope, rest] = [0.025 / slow, n - slow];
  const curvature = (slow - 0.025 * n) / (slow * rest * rest);
  const steepness = slope - (2 * (slow - 0.025 * n)) / (rest * rest);
  return count(n).map(
    (i) => sigmaMax * (1 - (i < slow ? i * slope : curvature * (i * i + slow * slow) + steepness * i)),
  );
};

const table: Readonly<Record<ScheduleName, Levels>> = {
  trailing,
  leading,
  linspace,
  karras,
  exponential,
  polyexponential,
  beta: betaSchedule,
  'sgm-uniform': sgmUniform,
  simple,
  normal,
  'kl-optimal': klOptimal,
  'ddim-uniform': ddimUniform,
  'linear-quadratic': linearQuadratic,
};

/** n noise levels and the final 0. Throws `invalid-param` for n < 1, n > T, or an empty range. */
export function scheduleOf(
  name: ScheduleName,
  n: number,
  diffusion: DiffusionInfo,
  options: ScheduleOptions = {},
): Float64Array {
  const levels = noiseLevels(diffusion);
  if (!Number.isInteger(n) || n < 1 || n > levels.count) {
    throw new LoomError('invalid-param', `A schedule has 1 to ${levels.count} steps, not ${n}.`, {
      path: 'steps',
    });
  }
  const sigmas = Float64Array.from([...table[name](n, levels, options), 0]);
  checkSchedule(sigmas);
  return sigmas;
}

/** Throws `bad-input` unless the levels are finite and fall strictly, the last being ≥ 0. */
export function checkSchedule(sigmas: Float64Array): void {
  if (sigmas.length < 2)
    throw new LoomError('bad-input', 'A schedule needs at least one step.', { port: 'schedule' });
  for (const [i, sigma] of sigmas.entries()) {
    const before = i === 0 ? Number.POSITIVE_INFINITY : (sigmas[i - 1] ?? 0);
    if (!Number.isFinite(sigma) || sigma < 0 || !(sigma < before)) {
      throw new LoomError(
        'bad-input',
        `Noise levels must fall from step to step; level ${i} is ${sigma} after ${before}.`,
        { port: 'schedule' },
        { fix: 'Use fewer steps, or a smallest level below the largest.' },
      );
    }
  }
}
