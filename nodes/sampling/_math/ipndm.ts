/**
 * Improved PNDM (Zhang & Chen 2204.13902, §3.3; as in zju-pi's diff-sampler): Adams–Bashforth weights of an
 * even grid on the slopes, begun with Euler instead of the pseudo Runge–Kutta step of PLMS. The
 * last step to σ = 0 is x̂₀. `order` 1…4 (default 4). One call a step.
 */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

/** Adams–Bashforth weights, newest first. */
export const evenWeights: readonly (readonly number[])[] = [
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
];

export const ipndm = defineSampler({
  name: 'ipndm',
  title: 'iPNDM',
  order: 4,
  // Begun with Euler, which caps the order.
  converges: 2,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const denoised = await step.denoise(step.x, step.sigma);
      const slope = step.sum([1 / step.sigma, step.x], [-1 / step.sigma, denoised]);
      const slopes = [slope, ...step.history].slice(0, step.options.order);
      const history = slopes.slice(0, Math.max(0, step.options.order - 1));
      if (step.next === 0) return { x: denoised, history };
      const h = step.next - step.sigma;
      const weights = evenWeights[slopes.length - 1] ?? [1];
      return {
        x: step.sum([1, step.x], ...slopes.map((d, k) => [h * (weights[k] ?? 0), d] as const)),
        history,
      };
    }),
});
