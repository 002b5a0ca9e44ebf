/** Euler step to the ancestral σ_down, then fresh noise σ_up (k-diffusion, `sample_euler_ancestral`). Reads `eta`, `noiseScale`. */
import { ancestralStep } from './ancestral';
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const eulerAncestral = defineSampler({
  name: 'euler-ancestral',
  title: 'Euler ancestral',
  noise: { eta: 1 },
  converges: 1,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const denoised = await step.denoise(step.x, step.sigma);
      const { down, up } = ancestralStep(step.sigma, step.next, step.options.eta);
      const ratio = down / step.sigma;
      const mean = step.sum([ratio, step.x], [1 - ratio, denoised]);
      return { x: up === 0 ? mean : step.sum([1, mean], [up, step.noise(0)]) };
    }),
});
