/**
 * Resampling of one axis as a table of taps, worked out once in float64 and
 * shared by the CPU and the GPU kernels, so that both agree. Pixel centres at
 * half-integers (PyTorch's `align_corners=False`); edges are clamped.
 */
import type { ResizeMode } from '../types';

/** Output cell i = Σₖ weights[i·taps + k] · x[indices[i·taps + k]]. */
export interface TapTable {
  readonly taps: number;
  readonly indices: Uint32Array;
  readonly weights: Float32Array;
}

type Tap = readonly [index: number, weight: number];

/** The taps that take an axis from `from` to `to` cells (both at least 1). */
export function tapTable(from: number, to: number, mode: ResizeMode): TapTable {
  const rows = Array.from({ length: to }, (_, i) => merge(tapsOf[mode](i, from, to), from));
  // Not Math.max(...rows): a picture's side may be longer than a call takes arguments.
  const taps = rows.reduce((most, row) => Math.max(most, row.length), 1);
  const indices = new Uint32Array(to * taps);
  const weights = new Float32Array(to * taps);
  rows.forEach((row, i) =>
    row.forEach(([index, weight], k) => {
      indices[i * taps + k] = index;
      weights[i * taps + k] = weight;
    }),
  );
  return { taps, indices, weights };
}

/** Clamps indices to the axis and adds up weights that then coincide. */
function merge(taps: readonly Tap[], from: number): Tap[] {
  const sums = new Map<number, number>();
  for (const [index, weight] of taps) {
    const clamped = Math.min(from - 1, Math.max(0, index));
    sums.set(clamped, (sums.get(clamped) ?? 0) + weight);
  }
  return [...sums].filter(([, weight]) => weight !== 0);
}

/** Keys' cubic kernel with a = −0.75 (PyTorch, OpenCV). */
function cubic(x: number): number {
  const a = -0.75;
  const t = Math.abs(x);
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  return 0;
}

const tapsOf: Readonly<Record<ResizeMode, (i: number, from: number, to: number) => readonly Tap[]>> = {
  /** The cell that contains the output cell's centre; exact in integers. */
  nearest: (i, from, to) => [[Math.floor(((2 * i + 1) * from) / (2 * to)), 1]],
  bilinear: (i, from, to) => {
    const centre = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.floor(centre);
    return [
      [low, 1 - (centre - low)],
      [low + 1, centre - low],
    ];
  },
  bicubic: (i, from, to) => {
    const centre = ((i + 0.5) * from) / to - 0.5;
    const low = Math.floor(centre);
    return [-1, 0, 1, 2].map((k): Tap => [low + k, cubic(centre - low - k)]);
  },
  /** The mean over the output cell's footprint, partly covered cells by their share. */
  area: (i, from, to) => {
    const start = (i * from) / to;
    const end = ((i + 1) * from) / to;
    const taps: Tap[] = [];
    for (let cell = Math.floor(start); cell < end; cell += 1) {
      const covered = Math.min(end, cell + 1) - Math.max(start, cell);
      if (covered > 1e-9) taps.push([cell, covered / (end - start)]);
    }
    return taps;
  },
};
