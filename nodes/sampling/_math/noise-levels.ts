/**
 * The noise levels a network was trained with: σ_t = √((1 − ᾱ_t)/ᾱ_t), and the
 * (possibly fractional) timestep of any σ by interpolating log σ
 * (k-diffusion, `external.DiscreteSchedule`).
 */
import type { DiffusionInfo } from '@/engine/types';

export interface NoiseLevels {
  /** T, the number of training steps. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** σ at timestep t in 0…T−1; between steps log σ is linear. Clamped outside. */
  sigmaAt(t: number): number;
  /** The timestep whose σ this is, 0…T−1; clamped outside the trained range. */
  timestepOf(sigma: number): number;
}

/** σ_t of every training step, ascending. */
export function trainedSigmas(diffusion: DiffusionInfo): Float64Array {
  return diffusion.alphasCumprod.map((alpha) => Math.sqrt((1 - alpha) / alpha));
}

export function noiseLevels(diffusion: DiffusionInfo): NoiseLevels {
  const logs = trainedSigmas(diffusion).map((sigma) => Math.log(sigma));
  const count = logs.length;
  const last = count - 1;
  const logAt = (index: number): number => logs[Math.min(last, Math.max(0, index))] ?? 0;
  return {
    count,
    min: Math.exp(logAt(0)),
    max: Math.exp(logAt(last)),
    sigmaAt(t) {
      const low = Math.min(last, Math.max(0, Math.floor(t)));
      const weight = Math.min(1, Math.max(0, t - low));
      return Math.exp((1 - weight) * logAt(low) + weight * logAt(low + 1));
    },
    timestepOf(sigma) {
      const target = Math.log(sigma);
      if (!(target > logAt(0))) return 0;
      if (target >= logAt(last)) return last;
      let low = 0;
      let high = last;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (logAt(middle) <= target) low = middle;
        else high = middle;
      }
      const t = low + (target - logAt(low)) / (logAt(high) - logAt(low));
      // σ of an exact training step gives back that step, not its neighbour by an ulp.
      const whole = Math.round(t);
      return Math.abs(t - whole) < 1e-9 * count ? whole : t;
    },
  };
}
