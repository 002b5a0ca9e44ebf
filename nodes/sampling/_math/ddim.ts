/**
 * DDIM (Song et al. 2010.02502, eq. 12), in the paper's ε form: x₀ and ε are
 * read off x_t, and x_{t−1} = √ᾱ'·x̂₀ + √(1 − ᾱ' − s²)·ε̂ + s·z with
 * s = η·√((1 − ᾱ')/(1 − ᾱ))·√(1 − ᾱ/ᾱ') (eq. 16). Here ᾱ = 1/(1 + σ²), and x is in
 * the variance-exploding scale, x = x_t/√ᾱ. Reads `eta`, `noiseScale`.
 */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

/** ᾱ of a noise level. */
const alphaOf = (sigma: number): number => 1 / (1 + sigma * sigma);

export const ddim = defineSampler({
  name: 'ddim',
  title: 'DDIM',
  noise: { eta: 0 },
  converges: 1,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const x0 = await step.denoise(step.x, step.sigma);
      const alpha = alphaOf(step.sigma);
      const alphaNext = alphaOf(step.next);
      const eps = step.sum([1 / step.sigma, step.x], [-1 / step.sigma, x0]);
      const s =
        step.options.eta *
        Math.sqrt((1 - alphaNext) / (1 - alpha)) *
        Math.sqrt(Math.max(0, 1 - alpha / alphaNext));
      // x_{t−1}/√ᾱ': the paper's formula divided by √ᾱ'.
      const direction = Math.sqrt(Math.max(0, 1 - alphaNext - s * s) / alphaNext);
      const mean = step.sum([1, x0], [direction, eps]);
      return { x: s === 0 ? mean : step.sum([1, mean], [s / Math.sqrt(alphaNext), step.noise(0)]) };
    }),
});
