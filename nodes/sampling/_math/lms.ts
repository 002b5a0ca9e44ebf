/**
 * Linear multistep in σ: the slopes (x − D)/σ of up to `order` (default 4) steps
 * are interpolated by a polynomial, which is integrated exactly (k-diffusion's
 * `sample_lms`, there by quadrature; = ρAB-DEIS of 2204.13902). One call a step.
 * In ComfyUI's dialect the last step to σ = 0 is x̂₀.
 */
import { defineSampler } from './define-sampler';
import { loop } from './loop';
import { lagrangeIntegrals } from './polynomial';

export const lms = defineSampler({
  name: 'lms',
  title: 'LMS',
  order: 4,
  converges: 2,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const denoised = await step.denoise(step.x, step.sigma);
      if (step.next === 0 && step.options.dialect === 'comfy') return { x: denoised };
      const slope = step.sum([1 / step.sigma, step.x], [-1 / step.sigma, denoised]);
      const slopes = [slope, ...step.history].slice(0, step.options.order);
      const nodes = slopes.map((_, k) => (k === 0 ? step.sigma : step.before(k)));
      const weights = lagrangeIntegrals(nodes, step.sigma, step.next);
      return {
        x: step.sum([1, step.x], ...slopes.map((d, k) => [weights[k] ?? 0, d] as const)),
        history: slopes.slice(0, Math.max(0, step.options.order - 1)),
      };
    }),
});
