/** What one network's call takes, from what was measured of it. */
import type { NetworkMemory } from '../types/node';
import type { NetworkCall } from './memory-calls';

/**
 * Working memory of a call in bytes, beyond the weights. A call on pictures whose
 * size only the run will tell is taken to be of the network's own size.
 *
 * Which gaps of wasm's heap tensors fall into is a race of threads and chance of size, so that
 * equal calls take from 1 to `spread` times what lives at once; √spread is as near to the one as to the other.
 */
export function activationsOf(
  facts: NetworkMemory,
  { pictures, cells = facts.cells }: Pick<NetworkCall, 'pictures' | 'cells'>,
): number {
  // Loading alone: no call yet.
  if (pictures === 0) return facts.session;
  const { perCell, perPair } = facts.attention ?? { perCell: 0, perPair: 0 };
  const each = Math.max(facts.perCell * cells, perCell * cells + perPair * cells ** 2);
  return Math.max(facts.session, Math.sqrt(facts.spread) * (facts.fixed + pictures * each));
}
