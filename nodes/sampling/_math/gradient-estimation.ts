/**
 * Gradient estimation (Permenter & Yuan, "Interpreting and improving diffusion models from an
 * optimization perspective", 2306.04848, Algorithm 2, γ = 2): Euler with the slope 2·d − d_old. One
 * call a step.
 */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

const gamma = 2;

export const gradientEstimation = defineSampler({
  name: 'gradient-estimation',
  title: 'Gradient estimation',
  // It looks twice as far ahead as Adams–Bashforth's second order.
  converges: 1,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const denoised = await step.denoise(step.x, step.sigma);
      const slope = step.sum([1 / step.sigma, step.x], [-1 / step.sigma, denoised]);
      const history = [slope];
      if (step.next === 0) return { x: denoised, history };
      const h = step.next - step.sigma;
      const [old] = step.history;
      return {
        x: old
          ? step.sum([1, step.x], [h * gamma, slope], [h * (1 - gamma), old])
          : step.sum([1, step.x], [h, slope]),
        history,
      };
    }),
});
