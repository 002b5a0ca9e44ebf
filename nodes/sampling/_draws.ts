/** Where a sampler's own noise comes from. */
import type { NoiseGenerator, NoiseSource, NoiseValue, Tensor, TensorOps } from '@/engine/types';
import { repeatBatch } from '../_shared/latent';
import type { DialectName } from './_math/dialect-names';
import { dialects } from './_math/dialects';

/** How a sampling draws. */
export interface Draws {
  readonly source: Omit<NoiseSource, 'stream' | 'generator'>;
  /** One element for a whole batch. */
  readonly same: boolean;
  /** A generator with a state, that draws once a step; undefined: Philox alone. */
  readonly torch:
    | {
        readonly generator: NoiseGenerator;
        readonly seed: bigint;
        /** Calls before that of step 0. */
        readonly before: number;
      }
    | undefined;
}

/**
 * @param begin the step at which the sampling begins: there a generator with a state makes its first draw; 0 for one that
 *   goes on from a latent left half-way, whose steps before have drawn
 */
export function drawnNoise(
  noise: Pick<NoiseValue, 'seed' | 'firstElement' | 'same' | 'generator' | 'seeds'>,
  asked: { readonly noiseSource: 'same' | NoiseGenerator; readonly dialect: DialectName },
  begin: number,
): Draws {
  const { seed, firstElement = 0, same = false, generator: own = 'philox', seeds = 'one' } = noise;
  const generator = asked.noiseSource === 'same' ? own : asked.noiseSource;
  const source = { seed, firstElement, seeds };
  if (generator === 'philox') return { source, same, torch: undefined };
  const { ownNoise } = dialects[asked.dialect];
  // One that drew the start noise goes on; another begins.
  const goesOn = ownNoise === undefined && generator === own;
  const added = generator === 'torch-cpu' ? (ownNoise?.onCpu ?? 0n) : 0n;
  return {
    source,
    same,
    torch: { generator, seed: BigInt.asUintN(64, seed + added), before: (goesOn ? 1 : 0) - begin },
  };
}

/** One element for all where the start noise is one. */
function drawn(draws: Draws, ops: TensorOps, dims: readonly number[], source: NoiseSource): Tensor {
  const [batch = 1, ...rest] = dims;
  const noise = ops.noise(draws.same ? [1, ...rest] : dims, source);
  return draws.same ? repeatBatch(ops, noise, batch, 'noise') : noise;
}

/** Noise of one of our own streams. */
export const streamNoise = (draws: Draws, ops: TensorOps, dims: readonly number[], stream: number): Tensor =>
  drawn(draws, ops, dims, { ...draws.source, stream });

/** The noise that a sampler draws anew in step `index`; from Philox it is the stream's. */
export function stepNoise(
  draws: Draws,
  ops: TensorOps,
  dims: readonly number[],
  at: { readonly index: number; readonly stream: number },
): Tensor {
  const { torch } = draws;
  if (!torch) return streamNoise(draws, ops, dims, at.stream);
  const { generator, seed, before } = torch;
  return drawn(draws, ops, dims, { ...draws.source, seed, generator, stream: before + at.index });
}
