/**
 * DPM-Solver++(2M) for the diffusion SDE (k-diffusion, `sample_dpmpp_2m_sde`), midpoint
 * form, on one Brownian path. One call a step. Reads `eta`, `noiseScale`.
 */
import { sdeClock } from './brownian';
import { defineSampler } from './define-sampler';
import { loop, type Step, type StepResult } from './loop';

export const dpmpp2mSde = defineSampler({
  name: 'dpmpp-2m-sde',
  title: 'DPM++ 2M SDE',
  noise: { eta: 1 },
  converges: 2,
  run: (x, sampling) => loop(x, sampling, (step) => sdeStep(step, (hEta) => -Math.expm1(-hEta) / 2)),
});
/** `onSlope`: the weight of (D − D_old)/r. */
export async function sdeStep(step: Step, onSlope: (hEta: number) => number): Promise<StepResult> {
  const denoised = await step.denoise(step.x, step.sigma);
  const history = [denoised];
  if (step.next === 0) return { x: denoised, history };
  const { eta } = step.options;
  const h = Math.log(step.sigma / step.next);
  const onX = (step.next / step.sigma) * Math.exp(-eta * h);
  const onX0 = -Math.expm1(-(1 + eta) * h);
  const [old] = step.history;
  const ahead = old ? (onSlope((1 + eta) * h) * h) / Math.log(step.before(1) / step.sigma) : 0;
  const mean = step.sum([onX, step.x], [onX0 + ahead, denoised], ...(old ? [[-ahead, old] as const] : []));
  if (eta === 0) return { x: mean, history };
  const deviation = step.next * Math.sqrt(-Math.expm1(-2 * eta * h));
  return { x: step.sum([1, mean], [deviation, step.path(step.sigma, step.next, sdeClock(eta), 0)]), history };
}
