/** The midpoint method in log σ: the slope at √(σ·σ_next) (DPM-Solver-2, Lu et al. 2206.00927, as in k-diffusion's `sample_dpm_2`). Order 2, two calls a step; the last step to σ = 0 is Euler's. */
import { defineSampler } from './define-sampler';
import { loop, type Step, type StepResult } from './loop';

export const dpm2 = defineSampler({
  name: 'dpm2',
  title: 'DPM2',
  converges: 2,
  run: (x, sampling) => loop(x, sampling, (step) => dpm2Step(step, step.next, 0)),
});

/** A step down to `down`, followed by noise of deviation `up`. */
export async function dpm2Step(step: Step, down: number, up: number): Promise<StepResult> {
  const { sigma } = step;
  const denoised = await step.denoise(step.x, sigma);
  if (down === 0) return { x: denoised };
  const mid = Math.sqrt(sigma * down);
  const ratio = mid / sigma;
  const between = step.sum([ratio, step.x], [1 - ratio, denoised]);
  const second = await step.denoise(between, mid);
  const slope = (down - sigma) / mid;
  const mean = step.sum([1, step.x], [slope, between], [-slope, second]);
  return { x: up === 0 ? mean : step.sum([1, mean], [up, step.noise(0)]) };
}
