/** Euler's method on the probability-flow ODE dx/dσ = (x − D(x; σ))/σ (Karras et al. 2206.00364, eq. 3; their Algorithm 1 without correction). Order 1. */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const euler = defineSampler({
  name: 'euler',
  title: 'Euler',
  converges: 1,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const denoised = await step.denoise(step.x, step.sigma);
      const ratio = step.next / step.sigma;
      return { x: step.sum([ratio, step.x], [1 - ratio, denoised]) };
    }),
});
