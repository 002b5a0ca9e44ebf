/** Euler CFG++ to the ancestral σ_down, then fresh noise (ComfyUI's `euler_ancestral_cfg_pp`). Reads `eta`, `noiseScale`. */
import { defineSampler } from './define-sampler';
import { cfgppStep } from './euler-cfgpp';
import { loop } from './loop';

export const eulerAncestralCfgpp = defineSampler({
  name: 'euler-ancestral-cfgpp',
  title: 'Euler ancestral CFG++',
  noise: { eta: 1 },
  converges: 1,
  unconditional: true,
  run: (x, sampling) => loop(x, sampling, (step) => cfgppStep(step, step.options.eta)),
});
