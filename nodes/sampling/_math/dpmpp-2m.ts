/** DPM-Solver++(2M) (Lu et al. 2211.01095, Algorithm 2): x̂₀ is extrapolated in λ = −ln σ from the last two steps. One call a step, order 2. */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const dpmpp2m = defineSampler({
  name: 'dpmpp-2m',
  title: 'DPM++ 2M',
  converges: 2,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const denoised = await step.denoise(step.x, step.sigma);
      const history = [denoised];
      if (step.next === 0) return { x: denoised, history };
      const ratio = step.next / step.sigma; // e^(−h)
      const [old] = step.history;
      if (!old) return { x: step.sum([ratio, step.x], [1 - ratio, denoised]), history };
      const h = Math.log(step.sigma / step.next);
      const r = Math.log(step.before(1) / step.sigma) / h;
      const ahead = 1 / (2 * r);
      return {
        x: step.sum([ratio, step.x], [(1 - ratio) * (1 + ahead), denoised], [-(1 - ratio) * ahead, old]),
        history,
      };
    }),
});
