/** The product that convolutions and linear layers are: C[M, N] = Σ over segments of A·W, and what is done to it. */
import type { Activation } from '../types';
import type { Slot, Sums, View } from './types';

/**
 * One stretch of K: a stored value seen through a kernel window (implicit GEMM,
 * arXiv 1410.0759). Rows of W follow in the order window position, channel;
 * channels are filled up with zero rows to a multiple of {@link BLOCK}.
 */
export interface Segment {
  readonly view: View;
  readonly kernel: readonly [height: number, width: number];
  readonly stride: number;
  readonly padding: readonly [top: number, left: number];
  /** Reads each cell twice in both directions (nearest neighbour ×2). */
  readonly up: boolean;
  /** Applied while loading. */
  readonly act?: Activation;
  /** Which of the weights' scales its rows use (8-bit storage). */
  readonly scales: number;
}

/** Channels that one step of K takes. */
export const BLOCK = 16;
export const blocksOf = ({ view, kernel }: Segment): number =>
  kernel[0] * kernel[1] * Math.ceil(view.channels / BLOCK);

/** How the numbers of W lie in GPU memory. All are widened to float32 when loaded. */
export type WeightStorage = 'float32' | 'float16' | 'bfloat16' | 'int8';

export interface Product {
  readonly label: string;
  readonly batch: number;
  /** Rows of the result, as a map. */
  readonly height: number;
  readonly width: number;
  /** Columns, before GEGLU halves them. */
  readonly columns: number;
  readonly segments: readonly Segment[];
  readonly weights: Slot;
  readonly storage: WeightStorage;
  /** Bias, scales, and what {@link layer} needs, in vec4 units: see {@link constantsOf}. */
  readonly constants: Slot;
  /** How many lists of scales there are. */
  readonly scales: number;
  /** A layer normalisation folded in: see `product.ts`. */
  readonly layer?: { readonly eps: number };
  /** [batch, columns] added to every row of an element. */
  readonly vector?: View;
  readonly act?: Activation;
  /** Columns are pairs (h, g) side by side: the result is h·gelu(g). */
  readonly geglu: boolean;
  /** Added after `act`. */
  readonly residual?: View;
  readonly out: View;
  /** Per-channel sums to leave for a group normalisation. */
  readonly sums?: Sums;
}

/**
 * How a product is cut: a workgroup computes rows × columns of the result, a
 * thread threadRows × threadColumns of those; `teams` teams of threads share a
 * tile, each with its own steps of K. `splits` workgroups share K; their
 * partial results are summed by a second kernel.
 */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly threadRows: number;
  readonly threadColumns: number;
  readonly teams: number;
}
export interface Cut {
  readonly tile: Tile;
  readonly splits: number;
}

/** Where each part of the constants starts, in vec4 units. */
export function constantsOf(product: {
  readonly columns: number;
  readonly scales: number;
  readonly layer?: unknown;
}): { bias: number; scales: number; columnSums: number; gamma: number } {
  const n4 = Math.ceil(product.columns / 4);
  const scales = n4;
  const columnSums = scales + product.scales * n4;
  const gamma = columnSums + (product.layer === undefined ? 0 : n4);
  return { bias: 0, scales, columnSums, gamma };
}

/** Whether every row can be treated alike: nothing depends on which element of the batch it is in. */
export function isFlat({ segments, vector, sums }: Product): boolean {
  const plain = segments.every(
    ({ kernel, stride, up, padding }) =>
      kernel[0] * kernel[1] === 1 && stride === 1 && !up && padding[0] + padding[1] === 0,
  );
  return plain && vector === undefined && sums === undefined;
}

/** Steps of K of all segments. */
export const stepsOf = ({ segments }: Product): number => segments.reduce((sum, s) => sum + blocksOf(s), 0);

/** Elements of the batch and rows of each, as the kernel sees them. */
export function rowsOfProduct(product: Product): { batch: number; rows: number } {
  const rows = product.height * product.width;
  return isFlat(product) ? { batch: 1, rows: product.batch * rows } : { batch: product.batch, rows };
}
