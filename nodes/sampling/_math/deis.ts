/**
 * DEIS (Zhang & Chen 2204.13902), tAB-DEIS with the polynomial in log σ (as in
 * diffusers' `DEISMultistepScheduler`): ε is extrapolated through up to
 * `order` (1…4, default 2) steps and integrated exactly over σ. One call a step. The
 * last step to σ = 0, where log σ ends, is DDIM's. In ComfyUI's dialect the
 * polynomial is in DEIS's own time t.
 */
import { defineSampler } from './define-sampler';
import { loop } from './loop';
import { weightsInTime } from './deis-time';
import { logLagrangeIntegrals } from './polynomial';

export const deis = defineSampler({
  name: 'deis',
  title: 'DEIS',
  // Better than 3 on schedules even in t, hardly worse elsewhere, and better on the bundled model.
  order: 2,
  highestOrder: 4,
  converges: 2,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const denoised = await step.denoise(step.x, step.sigma);
      if (step.next === 0) return { x: denoised };
      const eps = step.sum([1 / step.sigma, step.x], [-1 / step.sigma, denoised]);
      const all = [eps, ...step.history].slice(0, step.options.order);
      const levels = all.map((_, k) => (k === 0 ? step.sigma : step.before(k)));
      const weights =
        step.options.dialect === 'comfy'
          ? weightsInTime(levels, step.next)
          : logLagrangeIntegrals(levels.map(Math.log), step.sigma, step.next);
      return {
        x: step.sum([1, step.x], ...all.map((e, k) => [weights[k] ?? 0, e] as const)),
        history: all.slice(0, Math.max(0, step.options.order - 1)),
      };
    }),
});
