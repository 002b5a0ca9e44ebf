/** What writing one op as nodes gets and gives. */
import type { NetworkOp, ValueId } from '../types';
import type { GraphWriter } from './graph-writer';
import type { WeightWriter } from './weights';

export interface LoweringContext {
  readonly weights: WeightWriter;
  readonly channels: ReadonlyMap<ValueId, number>;
  /** Rank of each value: 4 maps, 3 tokens, 2 vectors and ids, 1 timesteps. */
  readonly ranks: ReadonlyMap<ValueId, number>;
  /** The longest sequence there are positions for. */
  readonly longest: number;
}

export type OpOf<Kind extends NetworkOp['op']> = Extract<NetworkOp, { readonly op: Kind }>;

/** Writes the nodes of an op; the last one gives `op.out`. */
export type Lowering<Kind extends NetworkOp['op']> = (
  g: GraphWriter,
  op: OpOf<Kind>,
  context: LoweringContext,
) => string;
