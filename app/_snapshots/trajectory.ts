/**
 * What a sampler went through: x_t and the predicted x₀ of each step, kept where
 * they live (nothing is read back while sampling) within a memory budget.
 * Runs in the worker and on the command line; DOM-free.
 */
import { LoomError, type LatentSpaceInfo, type Tensor, type TrajectoryStep } from '@/engine/types';
import type { Snapshot, StepSummary, TrajectorySummary } from './messages';
import { spaceMessage } from './snapshot';
import { rms, tensorStats } from './stats';

interface Kept {
  readonly step: number;
  readonly sigma: number;
  readonly x: Tensor;
  readonly denoised: Tensor;
}
interface Recording {
  total: number;
  space: LatentSpaceInfo;
  dims: readonly number[];
  /** Only multiples of this are kept, and the last step. Doubles when the budget is reached. */
  stride: number;
  kept: Kept[];
  summaries: Map<number, StepSummary>;
}

export interface TrajectoryStore {
  /** Bytes of all that is kept; 0 keeps nothing. */
  readonly budget: number;
  /** Changes the budget; what is kept is thinned to it. */
  setBudget(bytes: number): void;
  /** What the sampling with this name (a step's content key) calls once a step; undefined when nothing is kept, so that it costs nothing. */
  trace(node: string): ((step: TrajectoryStep) => void) | undefined;
  /** Reads back what is kept and describes it; null when the node has not sampled since. */
  summary(node: string): Promise<TrajectorySummary | null>;
  /** @throws LoomError `file-missing` when the step is not kept */
  step(node: string, step: number): Promise<{ readonly x: Snapshot; readonly denoised: Snapshot }>;
  /** One tensor of a kept step, retained for the caller, who releases it. x in σ-space, as sampled. */
  borrow(
    node: string,
    step: number,
    which: 'x' | 'denoised',
  ): { readonly tensor: Tensor; readonly sigma: number; readonly space: LatentSpaceInfo };
  /** Releases the recordings of one node, or all. */
  clear(node?: string): void;
  /** Bytes held now, over all nodes. */
  readonly bytes: number;
}

const bytesOf = (kept: readonly Kept[]): number =>
  kept.reduce((sum, { x, denoised }) => sum + x.bytes + denoised.bytes, 0);

function drop({ x, denoised }: Kept): void {
  // After a lost device there is nothing left to free.
  if (!x.disposed) x.release();
  if (!denoised.disposed) denoised.release();
}

/** σ-space (x₀ + σ·n) → unit variance (x₀ + σ·n)/√(1 + σ²): the scale in which every step can be looked at and decoded. */
export const unitScale = (sigma: number): number => 1 / Math.sqrt(1 + sigma * sigma);

/** @param budget bytes; the oldest samplings go first, then every other step of the newest (50 steps of one 32×32×4 latent are 1.6 MB) */
export function createTrajectoryStore(options: { readonly budget: number }): TrajectoryStore {
  let { budget } = options;
  const recordings = new Map<string, Recording>();

  const thin = (recording: Recording): void => {
    while (bytesOf(recording.kept) > budget && recording.kept.length > 2) {
      recording.stride *= 2;
      const last = recording.kept.at(-1);
      const stays = (kept: Kept): boolean => kept.step % recording.stride === 0 || kept === last;
      for (const kept of recording.kept) if (!stays(kept)) drop(kept);
      recording.kept = recording.kept.filter(stays);
      recording.summaries.clear();
    }
  };
  /** Brings everything within the budget: the oldest samplings go whole, the newest one is thinned. */
  const fit = (): void => {
    for (const [id] of [...recordings].slice(0, -1)) {
      if (store.bytes <= budget) return;
      store.clear(id);
    }
    const newest = [...recordings.values()].at(-1);
    if (newest) thin(newest);
  };
  const find = (node: string, step: number): { recording: Recording; kept: Kept } => {
    const recording = recordings.get(node);
    const kept = recording?.kept.find((each) => each.step === step);
    if (!recording || !kept)
      throw new LoomError(
        'file-missing',
        `Step ${step + 1} of this sampling is not kept.`,
        { node },
        {
          fix: 'Run the sampler again.',
        },
      );
    return { recording, kept };
  };

  const store: TrajectoryStore = {
    get budget() {
      return budget;
    },
    setBudget(bytes) {
      budget = bytes;
      if (bytes <= 0) store.clear();
      else fit();
    },
    trace(node) {
      if (budget <= 0) return undefined;
      return ({ step, total, sigma, x, denoised, space }) => {
        let recording = recordings.get(node);
        const newest = recording?.kept.at(-1);
        if (!recording || recording.total !== total || (newest !== undefined && step <= newest.step)) {
          store.clear(node);
          recording = { total, space, dims: [...x.dims], stride: 1, kept: [], summaries: new Map() };
          recordings.set(node, recording);
        }
        // The last kept step off the grid was only kept as the newest one.
        if (newest && newest.step % recording.stride !== 0 && recording.kept.at(-1) === newest) {
          drop(newest);
          recording.kept.pop();
          recording.summaries.clear();
        }
        recording.kept.push({ step, sigma, x: x.retain(), denoised: denoised.retain() });
        fit();
      };
    },
    async summary(node) {
      const recording = recordings.get(node);
      if (!recording) return null;
      const { total, space, dims, summaries } = recording;
      // A sampling that goes on may thin what is being read.
      const kept = recording.kept.map((each) => ({
        ...each,
        x: each.x.retain(),
        denoised: each.denoised.retain(),
      }));
      try {
        let before: Kept | undefined;
        let seen: { readonly step: number; readonly denoised: Float32Array } | undefined;
        for (const each of kept) {
          if (!summaries.has(each.step)) {
            const denoised = await floats(each.denoised);
            const earlier =
              before && (seen?.step === before.step ? seen.denoised : await floats(before.denoised));
            const x = scaled(await floats(each.x), unitScale(each.sigma));
            summaries.set(each.step, {
              step: each.step,
              sigma: each.sigma,
              xNorm: rms(x),
              denoisedNorm: rms(denoised),
              change: before && earlier ? changeOf(denoised, earlier) / (each.step - before.step) : null,
              x: tensorStats({ dims, data: x }),
              denoised: tensorStats({ dims, data: denoised }),
            });
            seen = { step: each.step, denoised };
          }
          before = each;
        }
      } finally {
        kept.forEach(drop);
      }
      return {
        node,
        total,
        space: spaceMessage(space),
        dims: [...dims],
        steps: kept.flatMap((each) => summaries.get(each.step) ?? []),
        bytes: bytesOf(recording.kept),
        budget,
      };
    },
    async step(node, step) {
      const { recording, kept } = find(node, step);
      const common = {
        kind: 'latent' as const,
        dims: [...recording.dims],
        space: spaceMessage(recording.space),
      };
      const [x, denoised] = await Promise.all([floats(kept.x), floats(kept.denoised)]);
      return {
        x: { ...common, data: scaled(x, unitScale(kept.sigma)) },
        denoised: { ...common, data: new Float32Array(denoised) },
      };
    },
    borrow(node, step, which) {
      const { recording, kept } = find(node, step);
      return { tensor: kept[which].retain(), sigma: kept.sigma, space: recording.space };
    },
    clear(node) {
      for (const [id, recording] of recordings)
        if (node === undefined || id === node) {
          recording.kept.forEach(drop);
          recordings.delete(id);
        }
    },
    get bytes() {
      return [...recordings.values()].reduce((sum, { kept }) => sum + bytesOf(kept), 0);
    },
  };
  return store;
}

async function floats(tensor: Tensor): Promise<Float32Array> {
  const data = await tensor.read();
  if (!(data instanceof Float32Array)) throw new LoomError('bad-output', 'A sampler must work in float32.');
  return data;
}
const scaled = (data: Float32Array, by: number): Float32Array<ArrayBuffer> =>
  Float32Array.from(data, (x) => x * by);

/** Root mean square of the difference. */
function changeOf(a: Float32Array, b: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return Math.sqrt(squares / Math.max(1, a.length));
}
