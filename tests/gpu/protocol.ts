/** What the page asks of a worker, and what comes back. */
import type { BackendInfo } from '@/engine';

export const modes = ['wasm', 'webgpu-own', 'webgpu-fp32', 'webgpu-fp16'] as const;
export type Mode = (typeof modes)[number];

export interface Job {
  readonly mode: Mode;
  readonly template: string;
  readonly steps: number;
  readonly threads?: number;
}

/** Seconds, measured in the worker. */
export interface Outcome {
  readonly info: BackendInfo;
  /** Fetch, verify, expand, build sessions, and the first (shader-compiling) run of one step. */
  readonly firstRun: number;
  /** The whole graph again with everything loaded, another seed. */
  readonly wholeRun: number;
  /** Of several whole runs in a row, the quickest and the median. */
  readonly wholeRuns: { readonly least: number; readonly median: number };
  /** Of that, the sampler alone. */
  readonly sampling: number;
  /** Of that, the decoder alone. */
  readonly decode: number;
  readonly dims: readonly number[];
  readonly pixels: Float32Array;
  readonly png: Uint8Array;
  /** Tensors that live after the executor is gone. */
  readonly leaked: number;
}
export type Reply = { readonly outcome: Outcome } | { readonly error: string };
