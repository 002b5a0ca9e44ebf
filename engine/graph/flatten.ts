/** The graph with its sub-graphs unfolded. */
import type { LoomNode } from '../document/schema';
import type { Endpoint } from './inference';

/** A wire between two plain nodes. `id` is the edge's path. */
export interface FlatEdge {
  readonly id: string;
  readonly from: Endpoint;
  readonly to: Endpoint;
}

export interface FlatGraph {
  readonly nodes: ReadonlyMap<string, LoomNode>;
  readonly incoming: ReadonlyMap<string, readonly FlatEdge[]>;
  readonly outgoing: ReadonlyMap<string, readonly FlatEdge[]>;
}
