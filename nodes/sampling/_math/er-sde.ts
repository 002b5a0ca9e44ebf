/**
 * ER-SDE-Solver (Cui et al. 2309.06169, Algorithm 3; VP form, with the noise scale φ(σ) = σ·(e^(σ^0.3) + 10)
 * of their code): x/φ is driven by noise alone, x̂₀ is a Taylor polynomial in σ of up to `order` terms
 * (1…3, default 3). One call a step. Reads `noiseScale`; it is always stochastic.
 *
 * Their integrals ∫ ds/φ are sums over 200 points (the left end of each), and so are these: the same numbers.
 */
import type { Tensor } from '@/engine/types';
import { defineSampler } from './define-sampler';
import { loop } from './loop';

const points = 200;
const phi = (sigma: number): number => sigma * (Math.exp(sigma ** 0.3) + 10);
/** Time of the driving Brownian motion: Var(x/φ) grows by its increase. */
const clock = (sigma: number): number => (sigma / phi(sigma)) ** 2;

export const erSde = defineSampler({
  name: 'er-sde',
  title: 'ER-SDE',
  noise: { eta: 1 },
  order: 3,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const { sigma, next } = step;
      const denoised = await step.denoise(step.x, sigma);
      const [old, older] = step.history;
      const history = old ? [denoised, old] : [denoised];
      if (next === 0) return { x: denoised, history };
      const order = Math.min(step.options.order, 1 + step.history.length);
      const r = phi(next) / phi(sigma);
      const terms: (readonly [number, Tensor])[] = [[r, step.x]];
      let onDenoised = 1 - r;
      if (old && order >= 2) {
        const change = next - sigma;
        const width = -change / points;
        let [whole, moment] = [0, 0];
        for (let k = 0; k < points; k++) {
          const at = next + k * width;
          whole += width / phi(at);
          moment += (width * (at - sigma)) / phi(at);
        }
        const before = step.before(1);
        // D′ = (D − D₁)/(σ − σ₁), and D″ = (D′ − D₁′)/((σ − σ₂)/2).
        const onFirst = change + whole * phi(next);
        const first = onFirst / (sigma - before);
        let [onOld, onOlder] = [-first, 0];
        onDenoised += first;
        if (older && order >= 3) {
          const onSecond = (change * change) / 2 + moment * phi(next);
          const second = onSecond / ((sigma - step.before(2)) / 2);
          const [near, far] = [second / (sigma - before), second / (before - step.before(2))];
          onDenoised += near;
          onOld -= near + far;
          onOlder = far;
          terms.push([onOlder, older]);
        }
        terms.push([onOld, old]);
      }
      terms.push([onDenoised, denoised]);
      const mean = step.sum(...terms);
      const deviation = Math.sqrt(Math.max(0, next * next - sigma * sigma * r * r));
      return { x: step.sum([1, mean], [deviation, step.path(sigma, next, clock, 0, true)]), history };
    }),
});
