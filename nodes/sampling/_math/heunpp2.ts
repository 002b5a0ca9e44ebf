/**
 * Heun++ of two further looks (Carzit, sd-webui-samplers-scheduler; ComfyUI's `heunpp2`): the slope of
 * a step is a mean of those at its beginning, its end and the next step's end,
 * weighted by σ over a multiple of the first level. Three calls a step, two in the last
 * but one, one in the last.
 */
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const heunpp2 = defineSampler({
  name: 'heunpp2',
  title: 'Heun++ 2',
  // Its weights depend on the first level, not on the step.
  converges: 1,
  run: (x, sampling) => {
    const last = sampling.sigmas.length - 1;
    const top = sampling.sigmas[0] ?? 1;
    return loop(x, sampling, async (step) => {
      const { sigma, next, index } = step;
      const denoised = await step.denoise(step.x, sigma);
      const slope = step.sum([1 / sigma, step.x], [-1 / sigma, denoised]);
      const h = next - sigma;
      if (index >= last - 1 || next === 0) return { x: step.sum([1, step.x], [h, slope]) };
      const ahead = step.sum([1, step.x], [h, slope]);
      const second = step.sum([1 / next, ahead], [-1 / next, await step.denoise(ahead, next)]);
      const beyond = sampling.sigmas[index + 2] ?? 0;
      if (index === last - 2 || beyond === 0) {
        const w2 = next / (2 * top);
        return { x: step.sum([1, step.x], [h * (1 - w2), slope], [h * w2, second]) };
      }
      const further = step.sum([1, ahead], [beyond - next, second]);
      const third = step.sum([1 / beyond, further], [-1 / beyond, await step.denoise(further, beyond)]);
      const [w2, w3] = [next / (3 * top), beyond / (3 * top)];
      return {
        x: step.sum([1, step.x], [h * (1 - w2 - w3), slope], [h * w2, second], [h * w3, third]),
      };
    });
  },
});
