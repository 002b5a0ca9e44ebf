/**
 * Ancestral sampling (Ho et al. 2006.11239, eq. 7): the posterior
 * q(x_{t−1} | x_t, x̂₀) with mean (√ᾱ'·β/(1 − ᾱ))·x̂₀ + (√α·(1 − ᾱ')/(1 − ᾱ))·x_t and
 * variance β̃ = β·(1 − ᾱ')/(1 − ᾱ), where α = ᾱ/ᾱ' and β = 1 − α over the step
 * taken (which may skip training steps, Nichol & Dhariwal 2102.09672, §4). Reads `noiseScale`.
 */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const ddpm = defineSampler({
  name: 'ddpm',
  title: 'DDPM',
  noise: { eta: 1 },
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const x0 = await step.denoise(step.x, step.sigma);
      const bar = 1 / (1 + step.sigma * step.sigma);
      const barNext = 1 / (1 + step.next * step.next);
      const alpha = bar / barNext;
      const beta = 1 - alpha;
      const onX0 = (Math.sqrt(barNext) * beta) / (1 - bar);
      const onXt = (Math.sqrt(alpha) * (1 - barNext)) / (1 - bar);
      const variance = (beta * (1 - barNext)) / (1 - bar);
      // x_t = √ᾱ·x and the result is divided by √ᾱ'.
      const scale = 1 / Math.sqrt(barNext);
      const mean = step.sum([onX0 * scale, x0], [onXt * scale * Math.sqrt(bar), step.x]);
      return {
        x: step.next === 0 ? mean : step.sum([1, mean], [Math.sqrt(variance) * scale, step.noise(0)]),
      };
    }),
});
