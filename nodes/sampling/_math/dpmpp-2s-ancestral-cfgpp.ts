/**
 * DPM-Solver++(2S) ancestral with CFG++ (Chung et al. 2406.08070; ComfyUI's
 * `dpmpp_2s_ancestral_cfg_pp`): the step follows the unconditional prediction, and the
 * guidance x̂₀ − x̂∅ of its beginning is added at its end. Two calls a step. Reads `eta`, `noiseScale`.
 */
import { ancestralStep } from './ancestral';
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const dpmpp2sAncestralCfgpp = defineSampler({
  name: 'dpmpp-2s-ancestral-cfgpp',
  title: 'DPM++ 2S ancestral CFG++',
  noise: { eta: 1 },
  converges: 2,
  unconditional: true,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const { sigma } = step;
      const { guided, unconditional } = await step.denoiseBoth(step.x, sigma);
      const { down, up } = ancestralStep(sigma, step.next, step.options.eta);
      // Guidance of the step's beginning; at σ_down = 0 the unconditional prediction and it make the guided one.
      let mean = guided;
      if (down > 0) {
        const mid = Math.sqrt(sigma * down);
        const between = step.sum([mid / sigma, step.x], [1 - mid / sigma, unconditional]);
        const second = (await step.denoiseBoth(between, mid)).unconditional;
        mean = step.sum([down / sigma, step.x], [1 - down / sigma, second], [1, guided], [-1, unconditional]);
      }
      return { x: up === 0 ? mean : step.sum([1, mean], [up, step.noise(0)]) };
    }),
});
