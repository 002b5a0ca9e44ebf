/** What is to be run: made by `plan`, read by the executor. */
import type { LoomNode } from '../document/schema';
import type { BackendInfo } from '../types/backend';
import type { Diagnostic } from '../types/diagnostics';
import type { AnyNode } from '../types/node';
import type { PortType } from '../types/port';
import type { Endpoint } from '../graph/flat-graph';
import type { DeclaredPorts } from '../solver/declared-ports';
import type { MemoryPlan } from './memory-types';

/** A node in one iteration of a sweep. Without a sweep `iteration` is 0. */
export interface NodeRef {
  readonly node: string;
  readonly iteration: number;
}

/** One computation. Nodes that compute the same thing share one step. */
export interface PlanStep {
  /** SHA-256 (hex) of what is computed: type, version, parsed parameters, package hashes, device, and the same of every ancestor. Never position, label or id. */
  readonly key: string;
  /** Every node (and iteration) that this step computes; the first gives its name to errors. At least one. */
  readonly refs: readonly [NodeRef, ...NodeRef[]];
  readonly definition: AnyNode;
  readonly params: Readonly<Record<string, unknown>>;
  /** Input port → the output of an earlier step. */
  readonly inputs: Readonly<Record<string, { readonly step: string; readonly port: string }>>;
  /** Inputs that `run` asks for itself. */
  readonly lazy: readonly string[];
  readonly declared: DeclaredPorts;
  /** Inferred types of the outputs. */
  readonly outputs: Readonly<Record<string, PortType>>;
  /** A step that is never served from the cache, nor is anything after it. */
  readonly fresh: boolean;
  readonly sink: boolean;
}

/** A combination of swept values. */
export interface Iteration {
  readonly index: number;
  readonly values: readonly {
    readonly node: string;
    readonly param: string;
    readonly value: LoomNode['params'][string];
  }[];
}

export interface PlanOptions {
  /** What to compute: sinks when left out; "run to here" names any node. A node inside a sub-graph by its path; an instance means all its outputs. */
  readonly targets?: readonly string[] | undefined;
  /** Kind and precision enter the keys. */
  readonly device?: Pick<BackendInfo, 'kind' | 'precision' | 'memory'> | undefined;
  /** Whether the document's sweeps are carried out; without, its own parameters are used once. Default true. */
  readonly sweep?: boolean | undefined;
}

export interface Plan {
  /** In a valid order: every step after its inputs. */
  readonly steps: readonly PlanStep[];
  readonly byKey: ReadonlyMap<string, PlanStep>;
  /** What was asked for and can be computed. */
  readonly targets: readonly (NodeRef & { readonly step: string })[];
  /** What was asked for and cannot, and why. `because` is the node at fault. */
  readonly blocked: readonly (NodeRef & {
    readonly because: string;
    readonly diagnostics: readonly Diagnostic[];
  })[];
  /** Sizes that must fit and that only the run will tell; the executor checks them before the node runs. */
  readonly unsolved: readonly (NodeRef & { readonly port: string; readonly field: string })[];
  readonly iterations: readonly Iteration[];
  /** Node and iteration → its step, for every planned node. */
  stepOf(node: string, iteration?: number): PlanStep | undefined;
  /** Where an input or output of a planned node comes from, bypasses and sub-graphs followed. */
  sourceOf(
    node: string,
    side: 'in' | 'out',
    port: string,
    iteration?: number,
  ): (Endpoint & { readonly step: string }) | undefined;
  /** What the run will hold at its peak, as far as packages say; searched when first read. */
  readonly memory: MemoryPlan;
  /** What may go wrong although the graph is right: a peak beyond what the device reports. */
  readonly warnings: readonly Diagnostic[];
}
