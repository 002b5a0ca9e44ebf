/** ᾱ_t from the β schedule that a package names. */
import type { BetaSchedule } from '@/engine/types';

/** ᾱ_t = Π(1 − β_s), s ≤ t (Ho et al. 2006.11239, eq. 4), for t = 0…steps−1, in float64. */
export function alphasCumprod({ kind, start, end, steps, trained, zeroSnr }: BetaSchedule): Float64Array {
  const alphas = new Float64Array(steps);
  let product = 1;
  for (let t = 0; t < steps; t += 1) {
    product *= 1 - (trained?.[t] ?? beta[kind](t, steps, start, end));
    alphas[t] = product;
  }
  return zeroSnr === true ? withZeroSnr(alphas) : alphas;
}

/** √ᾱ shifted and scaled so that the last step is all noise (Lin et al. 2305.08891, Algorithm 1); ᾱ_T is 2⁻²⁴ instead of 0. */
function withZeroSnr(alphas: Float64Array): Float64Array {
  const first = Math.sqrt(alphas[0] ?? 1);
  const last = Math.sqrt(alphas.at(-1) ?? 0);
  const rescaled = alphas.map((alpha) => (((Math.sqrt(alpha) - last) * first) / (first - last)) ** 2);
  rescaled[rescaled.length - 1] = 2 ** -24;
  return rescaled;
}

const fraction = (t: number, steps: number) => (steps === 1 ? 0 : t / (steps - 1));
/** Nichol and Dhariwal 2102.09672, eq. 17. */
const cosine = (t: number, steps: number) => Math.cos(((t / steps + 0.008) / 1.008) * (Math.PI / 2)) ** 2;

const beta: Readonly<
  Record<BetaSchedule['kind'], (t: number, steps: number, start: number, end: number) => number>
> = {
  linear: (t, steps, start, end) => start + (end - start) * fraction(t, steps),
  'scaled-linear': (t, steps, start, end) =>
    (Math.sqrt(start) + (Math.sqrt(end) - Math.sqrt(start)) * fraction(t, steps)) ** 2,
  cosine: (t, steps) => Math.min(0.999, 1 - cosine(t + 1, steps) / cosine(t, steps)),
};
