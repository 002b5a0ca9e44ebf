/** The executor's outside. */
import type { NodeRef, Plan } from '../plan/plan-types';
import type { Backend } from '../types/backend';
import type { TrajectoryStep } from '../types/node';
import type { ModelSource } from '../types/model';
import type { AssetSource, ImageCodec } from '../types/runtime';
import type { AnyValue } from '../types/kinds';
import type { RunEvent, RunResult } from './events';

export interface ExecutorOptions {
  readonly backend: Backend;
  readonly models: ModelSource;
  readonly images: ImageCodec;
  readonly assets: AssetSource;
  /** Bytes of tensors that results may hold after a run; least recently used go first. Default 512 MiB. */
  readonly cacheBytes?: number;
  /** Bytes of CPU copies kept of small results on a GPU, so that a run can be resumed after the device is lost. Default 64 MiB. */
  readonly backupBytes?: number;
  /** Where results are searched for NaN: at `sinks` (default; the culprit is then traced), after every node, or nowhere. Reads back from the GPU. */
  readonly numbers?: 'sinks' | 'all' | 'off';
  /** Milliseconds, monotonic. Default `performance.now`. */
  readonly now?: () => number;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Must not throw; what it throws is dropped. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** Who keeps the trajectory of this sampler, if anybody: called at each of its steps, tensors borrowed for the call. */
  readonly trace?:
    | ((node: string, iteration: number) => ((step: TrajectoryStep) => void) | undefined)
    | undefined;
  /** Present when somebody takes the files that saving nodes make. */
  readonly onFile?: ((at: NodeRef, file: RunFile) => void) | undefined;
}
export interface RunFile {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Uint8Array;
}

/** A value of the cache that stays until it is given back. */
export interface Borrowed {
  readonly value: AnyValue;
  release(): void;
}

export interface Executor {
  /**
   * Computes the plan's targets. Never rejects: what went wrong is in the
   * result and the events. A second call waits for the first to end.
   */
  run(plan: Plan, options?: RunOptions): Promise<RunResult>;
  /** The value at a port after (or during) a run of `plan`, the latest one when left out; undefined when not computed or no longer there. Give it back. */
  borrow(at: {
    node: string;
    port: string;
    side?: 'in' | 'out';
    iteration?: number;
    plan?: Plan;
  }): Borrowed | undefined;
  /** Whether a step of a plan would be served from the cache. */
  has(key: string): boolean;
  /** What the cache holds. */
  usage(): { readonly entries: number; readonly bytes: number; readonly limit: number };
  /** Drops every result that nobody borrows. */
  clear(): void;
  /** After the device was lost: goes on with another; results with a CPU copy are still there. */
  recover(parts: {
    readonly backend: Backend;
    readonly models: ModelSource;
  }): Promise<{ readonly backedUp: number; readonly dropped: number }>;
  /** Releases everything; the backend stays its owner's. */
  dispose(): void;
}
