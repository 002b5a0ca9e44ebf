/**
 * DDIM run backwards (Dhariwal & Nichol 2105.05233, §F; the `next_step` of Mokady et al.
 * 2211.09794; diffusers' `DDIMInverseScheduler`): from a clean latent up to the noise that DDIM would draw
 * it from. Its levels rise, the first may be 0. ε is predicted for the level that
 * the step goes to, from the state before it: y' = √ᾱ'·x̂₀ + √(1 − ᾱ')·ε with
 * x̂₀ = (y − √(1 − ᾱ)·ε)/√ᾱ, in our scale x' = x + (σ' − σ)·ε. One call a step.
 */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const ddimInverse = defineSampler({
  name: 'ddim-inverse',
  title: 'DDIM inverse',
  rising: true,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const { sigma, next } = step;
      // The network sees y = x/√(1 + σ²) as it is; `denoise` divides by √(1 + σ'²), so that is put in first.
      const seen = step.sum([Math.sqrt((1 + next * next) / (1 + sigma * sigma)), step.x]);
      const denoised = await step.denoise(seen, next);
      const change = (next - sigma) / next;
      return { x: step.sum([1, step.x], [change, seen], [-change, denoised]) };
    }),
});
