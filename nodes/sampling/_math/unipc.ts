/**
 * UniPC (Zhao et al. 2302.04867), data prediction, B₂(h) = e^h − 1 or B₁(h) = h (`variant`): the
 * prediction UniP-p of each step is corrected by UniC-p with the evaluation
 * that the next step needs anyway, so one call a step. `order` 1…3 (default 2, better than 3
 * at 8–10 steps on every schedule tried),
 * lower at the first and last steps (as in diffusers' `UniPCMultistepScheduler`).
 *
 * Remembers [x before the last step, x̂₀ there, older x̂₀ …].
 */
import type { Tensor } from '@/engine/types';
import { solve } from './linear-system';
import { defineSampler } from './define-sampler';
import { loop, type Step } from './loop';

export const unipc = defineSampler({
  name: 'unipc',
  title: 'UniPC',
  order: 2,
  highestOrder: 3,
  // The last step is of order 1 (as in diffusers), which caps the global order.
  converges: 2,
  run: (x, sampling) => {
    const steps = sampling.sigmas.length - 1;
    return loop(x, sampling, async (step) => {
      // ComfyUI leaves room for its last step: with two steps the order is 1.
      const order =
        step.options.dialect === 'comfy'
          ? Math.max(1, Math.min(step.options.order, steps - 1))
          : step.options.order;
      const denoised = await step.denoise(step.x, step.sigma);
      const [from, ...models] = step.history;
      // Correct x with the order that predicted it.
      const usedBefore = Math.min(order, models.length, steps - (step.index - 1));
      const corrected =
        from && usedBefore > 0
          ? unifiedStep(step, from, models.slice(0, usedBefore), 1, step.sigma, denoised)
          : step.x;
      const all = [denoised, ...models].slice(0, order);
      const used = Math.min(all.length, steps - step.index);
      const next =
        step.next === 0
          ? denoised
          : unifiedStep(step, corrected, all.slice(0, used), 0, step.next, undefined);
      return { x: next, history: [corrected, ...all] };
    });
  },
});

/**
 * UniP (without `ahead`) or UniC (with the evaluation `ahead` at `to`) from x at the
 * level of models[0], which lies `back` steps ago.
 */
function unifiedStep(
  step: Step,
  x: Tensor,
  models: readonly Tensor[],
  back: number,
  to: number,
  ahead: Tensor | undefined,
): Tensor {
  const level = (k: number): number => (k + back === 0 ? step.sigma : step.before(k + back));
  const from = level(0);
  const h = Math.log(from / to);
  const [m0] = models;
  if (!m0) return x;
  const ratios = models.slice(1).map((_, k) => Math.log(from / level(k + 1)) / h);
  const points = ahead ? [...ratios, 1] : ratios;
  const b = step.options.variant === 'bh1' ? -h : Math.expm1(-h);
  const weights = coefficients(points, h, b);
  // x' = e^(−h)·x − (e^(−h) − 1)·m₀ − B·Σ ρᵢ·(mᵢ − m₀)/rᵢ
  let onM0 = -Math.expm1(-h);
  const terms: (readonly [number, Tensor])[] = [[to / from, x]];
  for (const [k, model] of models.slice(1).entries()) {
    const c = (-b * (weights[k] ?? 0)) / (ratios[k] ?? 1);
    terms.push([c, model]);
    onM0 -= c;
  }
  if (ahead) {
    const c = -b * (weights[ratios.length] ?? 0);
    terms.push([c, ahead]);
    onM0 -= c;
  }
  return step.sum(...terms, [onM0, m0]);
}

/** ρ of UniPC: the system R·ρ = φ/B of the paper's Theorem 3.1 with hh = −h; for a single point the paper's ½, which keeps the order. */
function coefficients(points: readonly number[], h: number, b: number): number[] {
  if (points.length === 0) return [];
  if (points.length === 1) return [0.5];
  const hh = -h;
  let phi = Math.expm1(hh) / hh - 1;
  let factorial = 1;
  const right: number[] = [];
  const rows: number[][] = [];
  for (let i = 1; i <= points.length; i++) {
    rows.push(points.map((r) => r ** (i - 1)));
    right.push((phi * factorial) / b);
    factorial *= i + 1;
    phi = phi / hh - 1 / factorial;
  }
  return solve(rows, right);
}
