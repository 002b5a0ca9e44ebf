/** The graph with its sub-graphs unfolded, as data. */
import type { LoomNode } from '../document/schema';
import type { Diagnostic } from '../types/diagnostics';

/** One end of an edge. `node` is a node id; inside sub-graphs a path, `instance/inner`. */
export interface Endpoint {
  readonly node: string;
  readonly port: string;
}

/** An edge between two plain nodes. `id` is the edge's path. */
export interface FlatEdge {
  readonly id: string;
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** An unfolded instance: which inner ports its own ports stand for. */
export interface FlatInstance {
  readonly definition: string;
  readonly inputs: ReadonlyMap<string, readonly Endpoint[]>;
  readonly outputs: ReadonlyMap<string, Endpoint>;
}

export interface FlatGraph {
  readonly nodes: ReadonlyMap<string, LoomNode>;
  readonly incoming: ReadonlyMap<string, readonly FlatEdge[]>;
  readonly outgoing: ReadonlyMap<string, readonly FlatEdge[]>;
  /** Every node after those that feed it (edges that close a cycle set aside). */
  readonly order: readonly string[];
  /** Ids of the edges that close a cycle. */
  readonly cut: ReadonlySet<string>;
  readonly instances: ReadonlyMap<string, FlatInstance>;
  /** What is wrong with the graph itself, rather than with a node. */
  readonly diagnostics: readonly Diagnostic[];
}
