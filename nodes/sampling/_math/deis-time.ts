/**
 * Weights of DEIS with the polynomial in the time t of a variance-preserving process (Zhang & Chen 2204.13902, tAB) whose
 * β(t) is linear and whose σ is 0.002 at t = 10⁻³ and 80 at t = 1: zju-pi's diff-sampler (Apache-2.0,
 * `get_deis_coeff_list`), as ComfyUI has it. The integrals are its sums over 10,000 points, so that the numbers agree.
 */

const points = 10_000;
const [first, low, high] = [1e-3, 0.002, 80];
const slope = (2 * (Math.log1p(low * low) / first - Math.log1p(high * high))) / (first - 1);
const base = Math.log1p(high * high) - slope / 2;

/** t of a noise level: ln(1 + σ²) = base·t + slope·t²/2. */
const timeOf = (sigma: number): number =>
  (Math.sqrt(base * base + 2 * slope * Math.log1p(sigma * sigma)) - base) / slope;

/** dσ/dt at t. */
function speed(t: number): number {
  const alpha = Math.exp(-(slope / 2) * t * t - base * t);
  return (slope * t + base) / (2 * Math.sqrt(alpha * (1 - alpha)));
}

/** Weights of the slopes at `levels`, newest first, for the step from levels[0] to `next` > 0. Of one level it is Euler's. */
export function weightsInTime(levels: readonly number[], next: number): number[] {
  const [sigma = 0] = levels;
  if (levels.length === 1) return [next - sigma];
  const nodes = levels.map(timeOf);
  const [from = 0, to] = [nodes[0], timeOf(next)];
  const weights = nodes.map(() => 0);
  for (let k = 0; k < points; k++) {
    const t = from + ((to - from) * k) / (points - 1);
    const share = (speed(t) * (to - from)) / points;
    for (const [j, own] of nodes.entries()) {
      let basis = share;
      for (const [i, node] of nodes.entries()) if (i !== j) basis *= (t - node) / (own - node);
      weights[j] = (weights[j] ?? 0) + basis;
    }
  }
  return weights;
}
