/** What a plan asks of the weights: matrices packed for products, vectors, and tables. */
import type { WeightRef } from '../types';
import type { WeightStorage } from './product-types';

/** A block of a stored weight, put into the packed matrix. */
export interface Blit {
  readonly ref: WeightRef;
  /** First row of the packed matrix; rows follow in the order window position, channel, filled up to whole steps. */
  readonly row: number;
  readonly taps: number;
  /** Input channels start…start+count−1 of the weight's `total`. */
  readonly start: number;
  readonly channels: number;
  readonly total: number;
  /** First column, and how many the weight has. */
  readonly column: number;
  readonly columns: number;
  /** Which list of scales the block's columns are multiplied by (8-bit storage). */
  readonly scales: number;
}

/** The weights of a product: the packed matrix and the constants beside it. */
export interface MatrixRequest {
  readonly rows: number;
  readonly columns: number;
  readonly storage: WeightStorage;
  readonly blits: readonly Blit[];
  readonly scales: number;
  /** Each bias is added at its column; several may meet. */
  readonly biases: readonly { readonly ref: WeightRef; readonly column: number }[];
  /** Halves h and g of the columns are laid side by side in pairs. */
  readonly paired: boolean;
  readonly layer?: { readonly gamma: WeightRef; readonly beta: WeightRef };
}

/** Vectors one behind the other, float32. */
export interface VectorRequest {
  readonly vectors: readonly WeightRef[];
}

/** A table read row by row: as it is stored where that is half precision, else float32. */
export interface TableRequest {
  readonly table: WeightRef;
}
export type TableStorage = 'float32' | 'float16' | 'bfloat16';
