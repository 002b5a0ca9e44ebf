/** DPM-Solver++(2M) for the diffusion SDE, midpoint form (k-diffusion, `sample_dpmpp_2m_sde`). One call a step. Reads `eta`, `noiseScale`. */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const dpmpp2mSde = defineSampler({
  name: 'dpmpp-2m-sde',
  title: 'DPM++ 2M SDE',
  noise: { eta: 1 },
  converges: 2,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const denoised = await step.denoise(step.x, step.sigma);
      const history = [denoised];
      if (step.next === 0) return { x: denoised, history };
      const { eta } = step.options;
      const h = Math.log(step.sigma / step.next);
      const onX = (step.next / step.sigma) * Math.exp(-eta * h);
      const onX0 = -Math.expm1(-(1 + eta) * h);
      const [old] = step.history;
      const ahead = old ? h / (2 * Math.log(step.before(1) / step.sigma)) : 0;
      const mean = step.sum(
        [onX, step.x],
        [onX0 * (1 + ahead), denoised],
        ...(old ? [[-onX0 * ahead, old] as const] : []),
      );
      if (eta === 0) return { x: mean, history };
      const deviation = step.next * Math.sqrt(-Math.expm1(-2 * eta * h));
      return { x: step.sum([1, mean], [deviation, step.noise(0)]), history };
    }),
});
