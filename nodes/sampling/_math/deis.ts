/**
 * DEIS (Zhang & Chen 2204.13902), tAB-DEIS with the polynomial in log σ (as in
 * diffusers' `DEISMultistepScheduler`): ε is extrapolated through up to
 * `order` (default 3) steps and integrated exactly over σ. One call a step. The
 * last step to σ = 0, where log σ ends, is DDIM's.
 */
import { defineSampler } from './define-sampler';
import { loop } from './loop';
import { logLagrangeIntegrals } from './polynomial';

export const deis = defineSampler({
  name: 'deis',
  title: 'DEIS',
  order: 3,
  highestOrder: 4,
  converges: 2,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const denoised = await step.denoise(step.x, step.sigma);
      if (step.next === 0) return { x: denoised };
      const eps = step.sum([1 / step.sigma, step.x], [-1 / step.sigma, denoised]);
      const all = [eps, ...step.history].slice(0, step.options.order);
      const nodes = all.map((_, k) => Math.log(k === 0 ? step.sigma : step.before(k)));
      const weights = logLagrangeIntegrals(nodes, step.sigma, step.next);
      return {
        x: step.sum([1, step.x], ...all.map((e, k) => [weights[k] ?? 0, e] as const)),
        history: all.slice(0, Math.max(0, step.options.order - 1)),
      };
    }),
});
