/**
 * A Brownian path as a weighted sum of standard normals, each named by a number:
 * the same seed draws the same path however many steps look at it, so that more steps
 * refine a picture instead of drawing another.
 *
 * The path is a bridge refined by halves (Lévy's construction, as torchsde's
 * `BrownianTree`), with its nodes at fixed levels, even in ln σ, so that it depends on no schedule.
 * Its time is whatever clock makes a sampler's noise an increment of it: for x' = a·x + … + s·n, the
 * variance of x/∏a. Because everything is linear, an increment is a list of weights whose squares sum
 * to 1, and the tensors are made only where a weight counts.
 */

/** Levels between which the path is drawn; beyond any schedule. */
const top = 1e4;
const bottom = 1e-5;
/** Halvings: the finest nodes lie 3·10⁻³ apart in ln σ. */
const depth = 13;
/** Weights below this are left out, and the others scaled up to unit variance. */
const negligible = 0.01;

/** Names of normals: 0 is the whole path's end, 1…2^depth − 1 the midpoints as in a heap, then the last look inside the finest cells. */
export const pathDraws = 2 ** (depth + 1);

/** One term: `weight` times the normal named `draw` (0 ≤ draw < {@link pathDraws}). */
export interface PathTerm {
  readonly draw: number;
  readonly weight: number;
}

/** Time on the path of a noise level: falls as σ rises, finite for σ > 0. */
export type Clock = (sigma: number) => number;

/** DPM-Solver++'s SDE (and the ancestral step) with this η: x/σ^(1+η) gains σ^(−2η). */
export const sdeClock =
  (eta: number): Clock =>
  (sigma) =>
    sigma ** (-2 * eta);

/** The increment of the path from σ `from` down to σ `to`, divided by its standard deviation. Throws RangeError unless the clock rises on the way. */
export function pathIncrement(from: number, to: number, clock: Clock): readonly PathTerm[] {
  const weights = new Map<number, number>();
  const add = (sigma: number, sign: number): void => {
    for (const { draw, weight } of valueAt(sigma, clock)) {
      weights.set(draw, (weights.get(draw) ?? 0) + sign * weight);
    }
  };
  add(to, 1);
  add(from, -1);
  const all = Array.from(weights, ([draw, weight]) => ({ draw, weight }));
  const norm = Math.sqrt(all.reduce((sum, { weight }) => sum + weight * weight, 0));
  if (!(norm > 0)) throw new RangeError(`A Brownian path has no increment from σ ${from} to ${to}.`);
  const kept = all.filter(({ weight }) => Math.abs(weight) >= negligible * norm);
  const scale = 1 / Math.sqrt(kept.reduce((sum, { weight }) => sum + weight * weight, 0));
  return kept.map(({ draw, weight }) => ({ draw, weight: weight * scale }));
}

/** The path's value at σ as a weighted sum of its normals. */
function valueAt(sigma: number, clock: Clock): PathTerm[] {
  const range = Math.log(bottom / top);
  const levelOf = (u: number): number => top * Math.exp(u * range);
  const place = Math.min(1, Math.max(0, Math.log(sigma / top) / range));
  const begin = clock(top);
  const time = clock(sigma) - begin;
  let [low, high] = [0, 1];
  let [lowTime, highTime] = [0, clock(bottom) - begin];
  // The values at both ends of the interval, as weights.
  let lowValue = new Map<number, number>();
  let highValue = new Map([[0, Math.sqrt(highTime)]]);
  for (let level = 0, node = 1; ; level++) {
    const finest = level === depth;
    const middle = finest ? place : (low + high) / 2;
    const middleTime = finest ? time : clock(levelOf(middle)) - begin;
    const value = bridge(lowValue, highValue, lowTime, highTime, middleTime, node);
    if (finest) return Array.from(value, ([draw, weight]) => ({ draw, weight }));
    if (place < middle) [high, highTime, highValue] = [middle, middleTime, value];
    else [low, lowTime, lowValue] = [middle, middleTime, value];
    node = 2 * node + (place < middle ? 0 : 1);
  }
}

/** A Brownian bridge between two values, at a time between theirs, with the fresh normal `draw`. */
function bridge(
  low: ReadonlyMap<number, number>,
  high: ReadonlyMap<number, number>,
  lowTime: number,
  highTime: number,
  time: number,
  draw: number,
): Map<number, number> {
  const span = highTime - lowTime;
  const share = span > 0 ? Math.min(1, Math.max(0, (time - lowTime) / span)) : 0;
  const value = new Map<number, number>();
  for (const [name, weight] of low) value.set(name, (1 - share) * weight);
  for (const [name, weight] of high) value.set(name, (value.get(name) ?? 0) + share * weight);
  value.set(draw, Math.sqrt(Math.max(0, span * share * (1 - share))));
  return value;
}
