/** DPM2 to the ancestral σ_down, then fresh noise (k-diffusion, `sample_dpm_2_ancestral`). Reads `eta`, `noiseScale`. */
import { ancestralStep } from './ancestral';
import { dpm2Step } from './dpm2';
import { loop, type Sampler } from './loop';

export const dpm2Ancestral: Sampler = (x, sampling) =>
  loop(x, sampling, (step) => {
    const { down, up } = ancestralStep(step.sigma, step.next, step.options.eta);
    return dpm2Step(step, down, up);
  });
