/**
 * RES, refined exponential solver of order 2 as a multistep method (Zhang et al. 2308.02157, eq. 15; ComfyUI's
 * `res_multistep`): x̂₀ is extrapolated linearly in λ = −ln σ from the last two steps and
 * integrated exactly. One call a step.
 */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const resMultistep = defineSampler({
  name: 'res-multistep',
  title: 'RES multistep',
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
      const back = Math.log(step.sigma / step.before(1)) / h;
      const phi1 = -Math.expm1(-h) / h;
      const phi2 = (1 - phi1) / h;
      const onOld = (h * phi2) / back;
      return { x: step.sum([ratio, step.x], [h * phi1 - onOld, denoised], [onOld, old]), history };
    }),
});
