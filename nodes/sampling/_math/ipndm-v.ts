/**
 * iPNDM with weights of an uneven grid (zju-pi's diff-sampler, Apache-2.0, `ipndm_v_sampler`, as ComfyUI has
 * it). From the third step on its weights are those of the published code, which on
 * an uneven grid differ from the exact ones (those are {@link lms}'s) by a term of the order of the difference of
 * neighbouring steps: pictures agree with the tools that offer the name. The last step to σ = 0
 * is x̂₀. `order` 1…4 (default 4). One call a step.
 */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const ipndmV = defineSampler({
  name: 'ipndm-v',
  title: 'iPNDM-v',
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
      const before = slopes
        .slice(1)
        .map((_, k) => (k === 0 ? step.sigma : step.before(k)) - step.before(k + 1));
      const weights = unevenWeights(h, before);
      return {
        x: step.sum([1, step.x], ...slopes.map((d, k) => [h * (weights[k] ?? 0), d] as const)),
        history,
      };
    }),
});

/** Weights of the slopes, newest first, for a step h after the steps `before`, newest first. They sum to 1. */
export function unevenWeights(h: number, before: readonly number[]): readonly number[] {
  const [h1, h2, h3] = before;
  if (h1 === undefined) return [1];
  const r = h / h1;
  if (h2 === undefined) return [1 + r / 2, -r / 2];
  const a = (1 - (h / (3 * (h + h1))) * ((h * (h + h1)) / (h1 * (h1 + h2)))) / 2;
  const s = h1 / h2;
  const first = [1 + r / 2 + a, -r / 2 - (1 + s) * a, a * s] as const;
  if (h3 === undefined) return first;
  const b =
    (((1 - h / (3 * (h + h1))) / 2 + ((1 - h / (2 * (h + h1))) * h) / (6 * (h + h1 + h2))) *
      (h * (h + h1) * (h + h1 + h2))) /
    (h1 * (h1 + h2) * (h1 + h2 + h3));
  const q = (h1 * (h1 + h2)) / (h2 * (h2 + h3));
  return [first[0] + b, first[1] - (1 + s + q) * b, first[2] + (s + q * (1 + h2 / h3)) * b, -b * q * s];
}
