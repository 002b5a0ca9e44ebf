/** Principal components of a latent's channels: the directions in which its cells differ most. DOM-free. */
import { shapeOf, planeOf, type Grid } from './stats';

const at = (rows: readonly Float64Array[], i: number, j: number): number => rows[i]?.[j] ?? 0;
function put(rows: readonly Float64Array[], i: number, j: number, x: number): void {
  const row = rows[i];
  if (row) row[j] = x;
}

/**
 * Eigenvalues (descending) and eigenvectors of a symmetric matrix by cyclic
 * Jacobi rotations (Golub & Van Loan, Matrix Computations, §8.5).
 * @param matrix n×n, row-major; only its symmetric part is used
 * @returns vectors[k] is the unit eigenvector of values[k], its component of greatest magnitude positive
 */
export function symmetricEigen(
  matrix: ArrayLike<number>,
  n: number,
): { readonly values: readonly number[]; readonly vectors: readonly (readonly number[])[] } {
  const a = Array.from({ length: n }, (_, i) =>
    Float64Array.from({ length: n }, (__, j) => ((matrix[i * n + j] ?? 0) + (matrix[j * n + i] ?? 0)) / 2),
  );
  const v = Array.from({ length: n }, (_, i) =>
    Float64Array.from({ length: n }, (__, j) => (i === j ? 1 : 0)),
  );
  const scale = Math.max(Number.MIN_VALUE, ...a.flatMap((row) => [...row].map(Math.abs)));
  for (let sweep = 0; sweep < 64; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off = Math.max(off, Math.abs(at(a, p, q)));
    if (off <= scale * 1e-15) break;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        const apq = at(a, p, q);
        if (apq === 0) continue;
        const theta = (at(a, q, q) - at(a, p, p)) / (2 * apq);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const [akp, akq] = [at(a, k, p), at(a, k, q)];
          put(a, k, p, c * akp - s * akq);
          put(a, k, q, s * akp + c * akq);
        }
        for (let k = 0; k < n; k++) {
          const [apk, aqk] = [at(a, p, k), at(a, q, k)];
          put(a, p, k, c * apk - s * aqk);
          put(a, q, k, s * apk + c * aqk);
          const [vkp, vkq] = [at(v, k, p), at(v, k, q)];
          put(v, k, p, c * vkp - s * vkq);
          put(v, k, q, s * vkp + c * vkq);
        }
      }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => at(a, j, j) - at(a, i, i));
  return {
    values: order.map((k) => at(a, k, k)),
    vectors: order.map((k) => {
      const column = v.map((row) => row[k] ?? 0);
      const largest = column.reduce((best, x) => (Math.abs(x) > Math.abs(best) + 1e-12 ? x : best), 0);
      return largest < 0 ? column.map((x) => -x) : column;
    }),
  };
}

export interface Pca {
  /** Mean of each channel. */
  readonly mean: readonly number[];
  /** Population variance along each component, descending. */
  readonly variances: readonly number[];
  /** [component][channel], unit length. */
  readonly components: readonly (readonly number[])[];
  /** Coordinates of every cell along the first components, [component][h·w]; NaN where a channel is. */
  readonly scores: readonly Float64Array[];
}

/**
 * Principal components of one batch element, cells as samples and channels as features.
 * Cells with a NaN or ±∞ take no part.
 * @param count components to project on (at most the number of channels)
 */
export function pca(grid: Grid, element: number, count = 3): Pca {
  const { channels, height, width } = shapeOf(grid);
  const cells = height * width;
  const planes = Array.from({ length: channels }, (_, channel) => planeOf(grid, element, channel));
  const whole: number[] = [];
  for (let i = 0; i < cells; i++) if (planes.every((plane) => Number.isFinite(plane[i]))) whole.push(i);
  const n = Math.max(1, whole.length);
  const mean = planes.map((plane) => whole.reduce((sum, i) => sum + (plane[i] ?? 0), 0) / n);
  const covariance = new Float64Array(channels * channels);
  for (let p = 0; p < channels; p++)
    for (let q = p; q < channels; q++) {
      let sum = 0;
      for (const i of whole)
        sum += ((planes[p]?.[i] ?? 0) - (mean[p] ?? 0)) * ((planes[q]?.[i] ?? 0) - (mean[q] ?? 0));
      covariance[p * channels + q] = sum / n;
      covariance[q * channels + p] = sum / n;
    }
  const { values, vectors } = symmetricEigen(covariance, channels);
  const components = vectors.slice(0, Math.min(count, channels));
  return {
    mean,
    variances: values.map((value) => Math.max(0, value)),
    components,
    scores: components.map((component) =>
      Float64Array.from({ length: cells }, (_, i) =>
        planes.reduce((sum, plane, c) => sum + ((plane[i] ?? 0) - (mean[c] ?? 0)) * (component[c] ?? 0), 0),
      ),
    ),
  };
}
