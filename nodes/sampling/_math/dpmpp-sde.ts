/**
 * DPM-Solver++ for the diffusion SDE, single step of order 2 with r = ½
 * (k-diffusion, `sample_dpmpp_sde`). Both noises of a step come from one Brownian
 * path: the whole step's increment contains the half step's. Two calls a step.
 * Reads `eta`, `noiseScale`.
 */
import { ancestralStep } from './ancestral';
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
      const first = half.up === 0 && whole.up === 0 ? undefined : step.noise(0);

      const toHalf = half.down / sigma;
      const between = step.sum(
        [toHalf, step.x],
        [1 - toHalf, denoised],
        ...(first ? [[half.up, first] as const] : []),
      );
      const second = await step.denoise(between, mid);

      const toWhole = whole.down / sigma;
      // r = ½: (1 − 1/2r)·D + (1/2r)·D₂ is D₂ alone.
      const mean = step.sum([toWhole, step.x], [1 - toWhole, second]);
      if (!first) return { x: mean };
      // Increments of Brownian motion in σ over [σ, mid] and [mid, next].
      const part = (sigma - mid) / (sigma - next);
      return {
        x: step.sum(
          [1, mean],
          [whole.up * Math.sqrt(part), first],
          [whole.up * Math.sqrt(1 - part), step.noise(1)],
        ),
      };
    }),
});
