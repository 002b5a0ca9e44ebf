/** Mean and spread of parts of a tensor, merged without loss (Chan, Golub and LeVeque 1983). */

/** Of the numbers among the elements; NaNs are only counted. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Σ(x − mean)². */
  readonly m2: number;
  readonly min: number;
  readonly max: number;
  readonly nan: number;
}

/** Moments of nothing. */
export const noMoments: Moments = { count: 0, mean: 0, m2: 0, min: Infinity, max: -Infinity, nan: 0 };

/** Moments of two disjoint parts taken together. */
export function mergeMoments(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  if (count === 0) return { ...noMoments, nan: a.nan + b.nan };
  const delta = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (delta * b.count) / count,
    m2: a.m2 + b.m2 + (delta * delta * a.count * b.count) / count,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    nan: a.nan + b.nan,
  };
}

/** Moments of elements start…end−1. */
export function momentsOf(data: ArrayLike<number>, start: number, end: number): Moments {
  let [count, sum, min, max, nan] = [0, 0, Infinity, -Infinity, 0];
  for (let i = start; i < end; i += 1) {
    const value = data[i] ?? 0;
    if (Number.isNaN(value)) {
      nan += 1;
      continue;
    }
    count += 1;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0) return { ...noMoments, nan };
  const mean = sum / count;
  let m2 = 0;
  for (let i = start; i < end; i += 1) {
    const value = data[i] ?? 0;
    if (!Number.isNaN(value)) m2 += (value - mean) * (value - mean);
  }
  return { count, mean, m2, min, max, nan };
}

/** What {@link TensorOps.stats} reports. An element without numbers has mean, std, min and max 0. */
export function statsOf(m: Moments): { mean: number; std: number; min: number; max: number; nan: number } {
  if (m.count === 0) return { mean: 0, std: 0, min: 0, max: 0, nan: m.nan };
  return { mean: m.mean, std: Math.sqrt(m.m2 / m.count), min: m.min, max: m.max, nan: m.nan };
}
