/**
 * DPM-Solver++ for the diffusion SDE, single step of order 2 with r = ½
 * (k-diffusion, `sample_dpmpp_sde`). Both noises of a step are increments of one Brownian
 * path: the whole step's contains the half step's. Two calls a step. Reads `eta`, `noiseScale`.
 */
import { ancestralStep } from './ancestral';
import { sdeClock } from './brownian';
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const dpmppSde = defineSampler({
  name: 'dpmpp-sde',
  title: 'DPM++ SDE',
  noise: { eta: 1 },
  converges: 2,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const { sigma, next } = step;
      const { eta } = step.options;
      const denoised = await step.denoise(step.x, sigma);
      if (next === 0) return { x: denoised };
      const mid = Math.sqrt(sigma * next);
      const half = ancestralStep(sigma, mid, eta);
      const whole = ancestralStep(sigma, next, eta);
      const clock = sdeClock(eta);

      const toHalf = half.down / sigma;
      const between = step.sum(
        [toHalf, step.x],
        [1 - toHalf, denoised],
        ...(half.up > 0 ? [[half.up, step.path(sigma, mid, clock, 0)] as const] : []),
      );
      const second = await step.denoise(between, mid);

      const toWhole = whole.down / sigma;
      // r = ½: (1 − 1/2r)·D + (1/2r)·D₂ is D₂ alone.
      const mean = step.sum([toWhole, step.x], [1 - toWhole, second]);
      return {
        x: whole.up > 0 ? step.sum([1, mean], [whole.up, step.path(sigma, next, clock, 1)]) : mean,
      };
    }),
});
