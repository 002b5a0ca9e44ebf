/** DPM-Solver++(2M) for the diffusion SDE with the slope's weight by the exact integral of a straight line (k-diffusion, solver type `heun`). Reads `eta`, `noiseScale`. */
import { defineSampler } from './define-sampler';
import { sdeStep } from './dpmpp-2m-sde';
import { loop } from './loop';

export const dpmpp2mSdeHeun = defineSampler({
  name: 'dpmpp-2m-sde-heun',
  title: 'DPM++ 2M SDE Heun',
  noise: { eta: 1 },
  converges: 2,
  run: (x, sampling) => loop(x, sampling, (step) => sdeStep(step, (hEta) => Math.expm1(-hEta) / hEta + 1)),
});
