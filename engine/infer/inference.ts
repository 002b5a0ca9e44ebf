/** What inference says about a document: one result that wiring, handles, run gating, plan and command line all read. */
import type { LoomDocument, LoomNode } from '../document/schema';
import type { Diagnostic } from '../types/diagnostics';
import type { AnyNode, Catalog, NodeRegistry } from '../types/node';
import type { PortType } from '../types/port';
import type { DeclaredPorts } from '../solver/declared-ports';
import type { Endpoint, FlatGraph } from '../graph/flat-graph';

export type { Endpoint } from '../graph/flat-graph';

/**
 * What a node is to the plan: `ready` runs; `invalid` has an error of its own;
 * `unknown` is a placeholder of a type that this registry lacks; `muted` is
 * switched off, or needs something that is; `bypass` hands its inputs on.
 */
export type NodeState = 'ready' | 'invalid' | 'unknown' | 'muted' | 'bypass';

/** One node (of the graph with its sub-graphs unfolded) after inference. */
export interface NodeInfo {
  readonly id: string;
  readonly node: LoomNode;
  /** Undefined for an unknown type. */
  readonly definition?: AnyNode;
  /** Parsed parameters; undefined when they are invalid. */
  readonly params?: Readonly<Record<string, unknown>>;
  readonly state: NodeState;
  /** Wanted types, as far as the node's other edges settle them. */
  readonly inputs: Readonly<Record<string, PortType>>;
  readonly outputs: Readonly<Record<string, PortType>>;
  /** Declared types after `refine`: what values are checked against at run time. */
  readonly declared: DeclaredPorts;
  /** Where each connected input takes its value, bypassed nodes already followed; muted and cut edges are absent. */
  readonly sources: Readonly<Record<string, Endpoint>>;
  /** For a bypassed node: which source each output hands on. */
  readonly passes?: Readonly<Record<string, Endpoint>>;
  /** Fields that depend on a size not known before the run; the executor checks them with the real values. */
  readonly unsolved: readonly { readonly port: string; readonly field: string }[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface InferOptions {
  readonly document: LoomDocument;
  readonly registry: NodeRegistry;
  readonly catalog: Catalog;
  /**
   * An earlier result for an older state of the same document: only what an
   * edit can reach is inferred again. Must come from the same registry and
   * catalog, else it is not used.
   */
  readonly previous?: Inference | undefined;
}

export interface Inference {
  readonly document: LoomDocument;
  readonly registry: NodeRegistry;
  readonly catalog: Catalog;
  /** Every node of the unfolded graph, by path. */
  readonly nodes: ReadonlyMap<string, NodeInfo>;
  readonly graph: FlatGraph;
  /** Everything found, errors first, then in document order. What would fix each: `fixesFor`. */
  readonly diagnostics: readonly Diagnostic[];
  /** No error anywhere. */
  readonly ok: boolean;
  /** The type at a port; of a sub-graph's instance too. Undefined when the node or port is not known. */
  portType(node: string, side: 'in' | 'out', port: string): PortType | undefined;
  /** Diagnostics at this node (an instance: at any node inside), its edges included. */
  diagnosticsOf(node: string): readonly Diagnostic[];
}
