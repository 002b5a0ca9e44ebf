/**
 * Pseudo linear multistep (PNDM, Liu et al. 2202.09778, eq. 12, as in the LDM
 * code's `plms.py`): ε is extrapolated by Adams–Bashforth and put into DDIM's
 * transfer. The first step is a pseudo improved Euler step and calls the
 * network twice. `order` 1…4 (default 4) says through how many ε; of order 1 it is DDIM.
 */
import { evenWeights } from './ipndm';
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const plms = defineSampler({
  name: 'plms',
  title: 'PLMS',
  order: 4,
  // The weights are those of an even grid in σ; on one even in ln σ neighbouring steps differ by O(h²).
  converges: 2,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const denoised = await step.denoise(step.x, step.sigma);
      const epsOf = (at: typeof x, x0: typeof x, sigma: number) =>
        step.sum([1 / sigma, at], [-1 / sigma, x0]);
      const eps = epsOf(step.x, denoised, step.sigma);
      const h = step.next - step.sigma;
      const { order } = step.options;
      const all = [eps, ...step.history].slice(0, order);
      const history = all.slice(0, Math.max(0, order - 1));
      if (all.length > 1) {
        const weights = evenWeights[all.length - 1] ?? [1];
        return {
          x: step.sum([1, step.x], ...all.map((e, k) => [h * (weights[k] ?? 0), e] as const)),
          history,
        };
      }
      if (step.next === 0) return { x: denoised, history };
      const ahead = step.sum([1, step.x], [h, eps]);
      if (order === 1) return { x: ahead, history };
      const epsAhead = epsOf(ahead, await step.denoise(ahead, step.next), step.next);
      return { x: step.sum([1, step.x], [h / 2, eps], [h / 2, epsAhead]), history };
    }),
});
