/** DPM-Solver++(2S) (Lu et al. 2211.01095, Algorithm 1, r = ½) to the ancestral σ_down, then fresh noise (k-diffusion, `sample_dpmpp_2s_ancestral`). Two calls a step. Reads `eta`, `noiseScale`. */
import { ancestralStep } from './ancestral';
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const dpmpp2sAncestral = defineSampler({
  name: 'dpmpp-2s-ancestral',
  title: 'DPM++ 2S ancestral',
  noise: { eta: 1 },
  converges: 2,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const { sigma } = step;
      const denoised = await step.denoise(step.x, sigma);
      const { down, up } = ancestralStep(sigma, step.next, step.options.eta);
      if (down === 0) return { x: up === 0 ? denoised : step.sum([1, denoised], [up, step.noise(0)]) };
      // λ = −ln σ; half-way in λ is the geometric mean.
      const mid = Math.sqrt(sigma * down);
      const between = step.sum([mid / sigma, step.x], [1 - mid / sigma, denoised]);
      const second = await step.denoise(between, mid);
      const mean = step.sum([down / sigma, step.x], [1 - down / sigma, second]);
      return { x: up === 0 ? mean : step.sum([1, mean], [up, step.noise(0)]) };
    }),
});
