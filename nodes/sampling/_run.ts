/** A whole sampling: start state, inpainting, RePaint's jumps, reports. */
import type { DenoiserValue, Tensor, TensorOps } from '@/engine/types';
import { pathDraws, pathIncrement } from './_math/brownian';
import { stepNoise, streamNoise, type Draws } from './_draws';
import type { Sampled, Sampler, SamplerOptions } from './_math/loop';

export interface RunOptions {
  readonly ops: TensorOps;
  readonly signal: AbortSignal;
  readonly denoiser: DenoiserValue;
  readonly sampler: Sampler;
  readonly options: SamplerOptions;
  readonly sigmas: Float64Array;
  readonly first: number;
  readonly last: number;
  readonly noise: Draws;
  /** The network is told whole training steps. */
  readonly roundTimesteps: boolean;
  /** State at sigmas[first], [B, C, h, w]. */
  readonly start: Tensor;
  readonly history: readonly Tensor[];
  readonly keep?: KeptRegion | undefined;
  /** RePaint (2201.09865): every `length` steps are taken `times` times. 1 = off. */
  readonly jumps: { readonly length: number; readonly times: number };
  readonly onStep: (report: {
    readonly done: number;
    readonly total: number;
    readonly sigma: number;
    readonly x: Tensor;
    readonly denoised: Tensor;
  }) => void;
}

/** Inpainting by blending: where the mask [B, 1, h, w] is 0, the latent stays `latent`. */
export interface KeptRegion {
  readonly latent: Tensor;
  readonly mask: Tensor;
  /** Noise n of the kept region: it is latent + σ·n at every level. */
  readonly noise: Tensor;
}

/** Draws per step, and steps per pass, in the numbering of noise streams. */
const drawsPerStep = 8;
const stepsPerPass = 4096;
const keptDraw = 4;
const jumpDraw = 5;

/** Stream of a draw: 0 is the start noise, so these begin at 1. The same for a step wherever the sampling began. */
export const streamOf = (pass: number, index: number, draw: number): number =>
  1 + (pass * stepsPerPass + index) * drawsPerStep + draw;

/** Streams of Brownian paths begin here, beyond every step's draws. */
const pathStreams = 2 ** 30;
const pathStream = (pass: number, draw: number): number => pathStreams + pass * pathDraws + draw;

/** Runs steps first…last−1. The result belongs to `ops`. */
export async function runSampling(run: RunOptions): Promise<Sampled> {
  const { ops, signal, denoiser, sigmas, start, jumps } = run;
  const dims = start.dims;
  const steps = sigmas.length - 1;
  const denoise =
    (await denoiser.prepare?.(dims, { ops, signal })) ??
    ((...call: Parameters<DenoiserValue['denoise']>) => denoiser.denoise(...call));
  const total = countSteps(run);
  let done = 0;

  const pass = (
    from: Tensor,
    first: number,
    last: number,
    number: number,
    history: readonly Tensor[],
    passOps: TensorOps,
  ): Promise<Sampled> => {
    const evaluate = async (
      at: Tensor,
      sigma: number,
      index: number,
      own: TensorOps,
      unconditional?: (denoised: Tensor) => void,
    ): Promise<Tensor> => {
      signal.throwIfAborted();
      const input = run.keep ? keepAt(run, run.keep, own, at, sigma, number, index) : at;
      const predicted = await denoise(input, sigma, index / steps, {
        ops: own,
        signal,
        roundTimesteps: run.roundTimesteps,
        ...(unconditional && { unconditional }),
      });
      return run.keep ? own.blend(run.keep.latent, predicted, run.keep.mask) : predicted;
    };
    // What a pass after the first draws has no counterpart elsewhere.
    const fresh = (shape: readonly number[], index: number, draw: number, own: TensorOps): Tensor =>
      number === 0
        ? stepNoise(run.noise, own, shape, { index, stream: streamOf(number, index, draw) })
        : streamNoise(run.noise, own, shape, streamOf(number, index, draw));
    return run.sampler(from, {
      ops: passOps,
      sigmas,
      first,
      last,
      options: run.options,
      history,
      noise: fresh,
      path: (shape, high, low, clock, { index, draw: named, anew }, own) =>
        anew && number === 0 && run.noise.torch
          ? fresh(shape, index, named, own)
          : own.linear(
              pathIncrement(high, low, clock).map(({ draw, weight }) => [
                weight,
                streamNoise(run.noise, own, shape, pathStream(number, draw)),
              ]),
            ),
      denoise: (at, sigma, index, own) => evaluate(at, sigma, index, own),
      async denoiseBoth(at, sigma, index, own) {
        let unconditional: Tensor | undefined;
        const guided = await evaluate(at, sigma, index, own, (denoised) => {
          unconditional = run.keep ? own.blend(run.keep.latent, denoised, run.keep.mask) : denoised;
        });
        // A denoiser that knows no condition has one prediction.
        return { guided, unconditional: unconditional ?? guided };
      },
      onStep: ({ sigma, x, denoised }) => {
        run.onStep({ done, total, sigma, x, denoised });
        done++;
      },
    });
  };

  if (jumps.times <= 1) return pass(start, run.first, run.last, 0, run.history, ops);

  let x = start.retain();
  try {
    for (let from = run.first; from < run.last; from += jumps.length) {
      const to = Math.min(run.last, from + jumps.length);
      const times = (sigmas[to] ?? 0) === 0 ? 1 : jumps.times;
      for (let number = 0; number < times; number++) {
        const scope = ops.scope();
        try {
          const own = { ...run, ops: scope.ops };
          const sampled = await pass(x, from, to, number, [], scope.ops);
          const next = number < times - 1 ? jumpBack(own, sampled.x, from, to, number) : sampled.x;
          next.retain();
          x.release();
          x = next;
        } finally {
          scope.release();
        }
      }
    }
    return { x: ops.linear([[1, x]]), history: [] };
  } finally {
    x.release();
  }
}

/** x at σ_to noised back to σ_from (RePaint, Algorithm 1, line 10), the kept region first set to its own level. */
function jumpBack(run: RunOptions, x: Tensor, from: number, to: number, pass: number): Tensor {
  const high = run.sigmas[from] ?? 0;
  const low = run.sigmas[to] ?? 0;
  const kept = run.keep ? keepAt(run, run.keep, run.ops, x, low, pass, to) : x;
  const fresh = streamNoise(run.noise, run.ops, x.dims, streamOf(pass, from, jumpDraw));
  return run.ops.linear([
    [1, kept],
    [Math.sqrt(high * high - low * low), fresh],
  ]);
}

/** x with the kept region replaced by latent + σ·n; in passes after the first n is fresh. */
function keepAt(
  run: RunOptions,
  keep: KeptRegion,
  ops: TensorOps,
  x: Tensor,
  sigma: number,
  pass: number,
  index: number,
): Tensor {
  const n = pass === 0 ? keep.noise : streamNoise(run.noise, ops, x.dims, streamOf(pass, index, keptDraw));
  const known = ops.linear([
    [1, keep.latent],
    [sigma, n],
  ]);
  return ops.blend(known, x, keep.mask);
}

function countSteps({ sigmas, first, last, jumps }: RunOptions): number {
  if (jumps.times <= 1) return last - first;
  let total = 0;
  for (let from = first; from < last; from += jumps.length) {
    const to = Math.min(last, from + jumps.length);
    total += (to - from) * ((sigmas[to] ?? 0) === 0 ? 1 : jumps.times);
  }
  return total;
}
