/** ᾱ_t from the β schedule that a manifest names. */
import type { PackageManifest } from './manifest';

type Schedule = NonNullable<PackageManifest['unet']>['schedule'];

/** ᾱ_t = Π(1 − β_s), s ≤ t (Ho et al. 2006.11239, eq. 4), for t = 0…steps−1, in float64. */
export function alphasCumprod({ kind, start, end, steps }: Schedule): Float64Array {
  const alphas = new Float64Array(steps);
  let product = 1;
  for (let t = 0; t < steps; t += 1) {
    product *= 1 - beta[kind](t, steps, start, end);
    alphas[t] = product;
  }
  return alphas;
}

const fraction = (t: number, steps: number) => (steps === 1 ? 0 : t / (steps - 1));
/** Nichol and Dhariwal 2102.09672, eq. 17. */
const cosine = (t: number, steps: number) => Math.cos(((t / steps + 0.008) / 1.008) * (Math.PI / 2)) ** 2;

const beta: Readonly<
  Record<Schedule['kind'], (t: number, steps: number, start: number, end: number) => number>
> = {
  linear: (t, steps, start, end) => start + (end - start) * fraction(t, steps),
  'scaled-linear': (t, steps, start, end) =>
    (Math.sqrt(start) + (Math.sqrt(end) - Math.sqrt(start)) * fraction(t, steps)) ** 2,
  cosine: (t, steps) => Math.min(0.999, 1 - cosine(t + 1, steps) / cosine(t, steps)),
};
