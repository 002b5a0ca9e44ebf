/** What runs and what came of it, fed by the worker's messages. Never saved with a document. */
import { getOwn } from '@/engine/types';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { LoomDocument } from '@/engine';
import type { BackendInfo, Diagnostic } from '@/engine/types';
import type { ErrorMessage } from '../_worker/protocol';

export interface NodeProgress {
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'steps' | 'items';
  /** Milliseconds left by the pace since the first report of this unit; undefined until two reports came. */
  readonly left: number | undefined;
}

export type NodeRun =
  | { readonly is: 'waiting' }
  | { readonly is: 'running'; readonly since: number; readonly progress?: NodeProgress }
  | { readonly is: 'done'; readonly ms: number }
  | { readonly is: 'cached' }
  | { readonly is: 'skipped' }
  | { readonly is: 'failed'; readonly error: ErrorMessage };

/** RGBA on its way to a canvas. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  /** The swept values that made it. */
  readonly caption?: string;
}

export interface QueuedRun {
  readonly run: string;
  readonly tab: string;
  readonly document: string;
  /** What `document` was written from: what a node computed is compared with what it would compute now. */
  readonly snapshot: LoomDocument;
  readonly targets: readonly string[] | undefined;
}

export type EnginePhase =
  | { readonly is: 'starting' }
  | { readonly is: 'ready'; readonly backend: BackendInfo }
  | { readonly is: 'failed'; readonly error: ErrorMessage };

export interface RunState {
  readonly engine: EnginePhase;
  readonly queue: readonly QueuedRun[];
  /** What ran when the device was lost: what resuming goes on with. */
  readonly interrupted: QueuedRun | null;
  readonly current:
    | (QueuedRun & {
        readonly startedAt: number;
        readonly cancelling: boolean;
        /** It was cancelled and did not hear: only ending the worker stops it. */
        readonly stuck?: boolean;
      })
    | null;
  /** Per tab, then per node: how the last run that touched it ended. */
  readonly nodes: Readonly<Record<string, Readonly<Record<string, NodeRun>>>>;
  /** Per tab, then per node: what it last put out or is putting out. */
  readonly pictures: Readonly<Record<string, Readonly<Record<string, readonly Picture[]>>>>;
  /** Per tab, then per node: the document it last computed with. */
  readonly computed: Readonly<Record<string, Readonly<Record<string, LoomDocument>>>>;
  /** What the current or last run's plan warned of. */
  readonly warnings: readonly Diagnostic[];
  /** Rises whenever values behind ports may have changed: the inspector looks again. */
  readonly version: number;
  /** How the last run ended; null before the first. */
  readonly last: {
    readonly outcome: 'done' | 'failed' | 'cancelled';
    readonly ms: number;
    readonly tab: string;
  } | null;
}

export const runStore = createStore<RunState>(() => ({
  engine: { is: 'starting' },
  queue: [],
  interrupted: null,
  current: null,
  nodes: {},
  pictures: {},
  computed: {},
  warnings: [],
  version: 0,
  last: null,
}));
export const useRun = <T>(select: (state: RunState) => T): T => useStore(runStore, select);

/** Sets one node's state within a tab. */
export function setNodeRun(tab: string, node: string, run: NodeRun): void {
  runStore.setState((state) => ({
    nodes: { ...state.nodes, [tab]: { ...getOwn(state.nodes, tab), [node]: run } },
  }));
}
/** Notes which document a node's output was computed with. */
export function setComputed(tab: string, node: string, document: LoomDocument): void {
  runStore.setState((state) => ({
    computed: { ...state.computed, [tab]: { ...state.computed[tab], [node]: document } },
  }));
}
/** Replaces what a node shows. */
export function setPictures(tab: string, node: string, pictures: readonly Picture[]): void {
  runStore.setState((state) => ({
    pictures: { ...state.pictures, [tab]: { ...state.pictures[tab], [node]: pictures } },
  }));
}

/** The next progress of a node: keeps the pace, so that time left can be told. */
export function nextProgress(
  before: NodeRun | undefined,
  report: { done: number; total: number; unit: NodeProgress['unit'] },
  now: number,
  started: Map<string, { at: number; done: number }>,
  key: string,
): NodeRun {
  const since = before?.is === 'running' ? before.since : now;
  const pace = `${key} ${report.unit} ${report.total}`;
  const begun = started.get(pace);
  if (begun === undefined || begun.done > report.done) {
    started.set(pace, { at: now, done: report.done });
    return { is: 'running', since, progress: { ...report, left: undefined } };
  }
  const made = report.done - begun.done;
  const left = made > 0 ? ((now - begun.at) / made) * (report.total - report.done) : undefined;
  return { is: 'running', since, progress: { ...report, left } };
}
