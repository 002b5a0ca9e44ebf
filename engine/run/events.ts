/** What a run tells while it goes and when it ends. */
import type { LoomError } from '../types/error';
import type { Progress } from '../types/node';
import type { AnyValue } from '../types/kinds';
import type { NodeRef } from '../plan/plan-types';

/** Nodes that share one computation get each their own event. `node` is a path inside sub-graphs. */
export type RunEvent =
  | { readonly type: 'run-started'; readonly steps: number; readonly iterations: number }
  | ({ readonly type: 'node-started' } & NodeRef)
  | ({ readonly type: 'progress'; readonly progress: Progress } & NodeRef)
  /** `value` is borrowed for the call: copy what is to be kept. */
  | ({ readonly type: 'preview'; readonly port: string; readonly value: AnyValue } & NodeRef)
  | ({ readonly type: 'node-finished' } & NodeRef & NodeCost)
  /** Served from an earlier run. */
  | ({ readonly type: 'node-cached'; readonly bytes: number } & NodeRef)
  | ({ readonly type: 'node-failed'; readonly error: LoomError } & NodeRef)
  /** Not run, because `because` failed, was cancelled or is blocked. */
  | ({ readonly type: 'node-skipped'; readonly because: string } & NodeRef)
  | { readonly type: 'device-lost'; readonly reason: string }
  | { readonly type: 'finished'; readonly result: RunResult };

/** What a node cost. */
export interface NodeCost {
  readonly seconds: number;
  /** Of the tensors it put out. */
  readonly bytes: number;
}

export interface RunResult {
  /** `failed` when any target is missing for an error, though others may be there. */
  readonly status: 'finished' | 'failed' | 'cancelled' | 'device-lost';
  readonly seconds: number;
  /** One for each computation, under the first of the nodes that share it; so are `cached`, `failed` and `skipped`. */
  readonly ran: readonly (NodeRef & NodeCost)[];
  readonly cached: readonly NodeRef[];
  readonly failed: readonly (NodeRef & { readonly error: LoomError })[];
  readonly skipped: readonly (NodeRef & { readonly because: string })[];
  /** Targets that are there; read their values with `Executor.borrow`. */
  readonly targets: readonly NodeRef[];
  /** For `device-lost`: the device's reason. */
  readonly reason?: string;
}
