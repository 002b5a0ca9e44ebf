/**
 * CFG++ (Chung et al. 2406.08070, Algorithm 2) with Euler steps: the clean latent is
 * the guided x̂₀, the noise that is put back is the unconditional prediction's, so
 * that guidance never leaves the data's manifold: x' = x̂₀ + σ'·(x − x̂∅)/σ.
 * Guidance is far lower than with the plain forms (1–2). */
import { ancestralStep } from './ancestral';
import { defineSampler } from './define-sampler';
import { loop, type Step, type StepResult } from './loop';

/** A step with this share of fresh noise. */
export async function cfgppStep(step: Step, eta: number): Promise<StepResult> {
  const { guided, unconditional } = await step.denoiseBoth(step.x, step.sigma);
  if (step.next === 0) return { x: guided };
  const { down, up } = ancestralStep(step.sigma, step.next, eta);
  const ratio = down / step.sigma;
  const mean = step.sum([1, guided], [ratio, step.x], [-ratio, unconditional]);
  return { x: up === 0 ? mean : step.sum([1, mean], [up, step.noise(0)]) };
}

export const eulerCfgpp = defineSampler({
  name: 'euler-cfgpp',
  title: 'Euler CFG++',
  converges: 1,
  unconditional: true,
  run: (x, sampling) => loop(x, sampling, (step) => cfgppStep(step, 0)),
});
