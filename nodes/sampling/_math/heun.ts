/** Heun's method: Euler, then the mean of the slopes at both ends (Karras et al. 2206.00364, Algorithm 1 with S_churn = 0). Order 2, two calls a step; the last step to σ = 0 is Euler's. */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const heun = defineSampler({
  name: 'heun',
  title: 'Heun',
  converges: 2,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const denoised = await step.denoise(step.x, step.sigma);
      const ratio = step.next / step.sigma;
      const predicted = step.sum([ratio, step.x], [1 - ratio, denoised]);
      if (step.next === 0) return { x: predicted };
      const second = await step.denoise(predicted, step.next);
      const h = (step.next - step.sigma) / 2;
      return {
        x: step.sum(
          [1 + h / step.sigma, step.x],
          [-h / step.sigma, denoised],
          [h / step.next, predicted],
          [-h / step.next, second],
        ),
      };
    }),
});
