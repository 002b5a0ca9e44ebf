/**
 * Pseudo linear multistep (PNDM, Liu et al. 2202.09778, eq. 12, as in the LDM
 * code's `plms.py`): ε is extrapolated by Adams–Bashforth and put into DDIM's
 * transfer. The first step is a pseudo improved Euler step and calls the
 * network twice. Remembers up to three ε.
 */
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
      const [e1, e2, e3] = step.history;
      const history = [eps, e1, e2].filter((tensor) => tensor !== undefined);
      if (e1 && e2 && e3) {
        return {
          x: step.sum(
            [1, step.x],
            [(h * 55) / 24, eps],
            [(-h * 59) / 24, e1],
            [(h * 37) / 24, e2],
            [(-h * 9) / 24, e3],
          ),
          history,
        };
      }
      if (e1 && e2) {
        return {
          x: step.sum([1, step.x], [(h * 23) / 12, eps], [(-h * 16) / 12, e1], [(h * 5) / 12, e2]),
          history,
        };
      }
      if (e1) return { x: step.sum([1, step.x], [(h * 3) / 2, eps], [-h / 2, e1]), history };
      if (step.next === 0) return { x: denoised, history };
      const ahead = step.sum([1, step.x], [h, eps]);
      const epsAhead = epsOf(ahead, await step.denoise(ahead, step.next), step.next);
      return { x: step.sum([1, step.x], [h / 2, eps], [h / 2, epsAhead]), history };
    }),
});
