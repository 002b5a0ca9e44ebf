/** Consistency sampling (Song et al. 2303.01469, Algorithm 1; Luo et al. 2310.04378): jump to x̂₀, then noise to the next level. Reads `noiseScale`. */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const lcm = defineSampler({
  name: 'lcm',
  title: 'LCM',
  noise: { eta: 1 },
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const denoised = await step.denoise(step.x, step.sigma);
      if (step.next === 0) return { x: denoised };
      return { x: step.sum([1, denoised], [step.next, step.noise(0)]) };
    }),
});
