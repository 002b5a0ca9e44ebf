/** DPM2 to the ancestral σ_down, then fresh noise (k-diffusion, `sample_dpm_2_ancestral`). Reads `eta`, `noiseScale`. */
import { ancestralStep } from './ancestral';
import { dpm2Step } from './dpm2';
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const dpm2Ancestral = defineSampler({
  name: 'dpm2-ancestral',
  title: 'DPM2 ancestral',
  noise: { eta: 1 },
  converges: 2,
  run: (x, sampling) =>
    loop(x, sampling, (step) => {
      const { down, up } = ancestralStep(step.sigma, step.next, step.options.eta);
      return dpm2Step(step, down, up);
    }),
});
