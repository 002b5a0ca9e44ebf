/** From what single calls took to what a manifest says of a network. Plain arithmetic, all in bytes. */
import type { NetworkMemoryManifest } from '../manifest';

/** What one call took beyond the weights, in a process that had made no other. */
export interface MemorySample {
  readonly pictures: number;
  /** Latent cells of each. */
  readonly cells: number;
  readonly taken: number;
}
export interface MemorySamples {
  readonly weights: number;
  /** Beyond the weights, once the session is made. */
  readonly session: number;
  /** Of the network's own size and smaller, some of them equal. */
  readonly calls: readonly MemorySample[];
  /** Pictures of two larger sizes, of a network that has attention. */
  readonly larger: readonly MemorySample[];
}

/** Bytes by which calls of tiny networks differ with threads (measured on tests/fixtures/tiny: up to 0.2 MB). */
const threadsOwn = 0.5e6;

/**
 * Equal calls take more or less, as tensors fall into gaps of the heap or miss them, but never less
 * than what lives at once: so the line is the one beneath them all that most of them lie on, and
 * `spread` how far the highest lies above it. Where pictures of larger sizes take more per cell,
 * perCell + perPair · n goes through both of them.
 */
export function fitMemory({ weights, session, calls, larger }: MemorySamples): NetworkMemoryManifest {
  // What making the session took hides calls that take less.
  const seen = calls.filter(({ taken }) => taken > session);
  const { fixed, perCell } = lineBeneath(seen);
  const attention = fitAttention(larger, fixed, perCell);
  const most = seen.reduce((spread, { pictures, cells, taken }) => {
    const least = fixed + perCell * pictures * cells;
    return taken - least > threadsOwn ? Math.max(spread, taken / least) : spread;
  }, 1);
  return {
    weights,
    session: Math.round(session),
    fixed: Math.round(fixed),
    perCell: Math.round(perCell),
    ...(attention && { attention }),
    spread: Math.round(1000 * most) / 1000,
  };
}

interface Line {
  readonly fixed: number;
  readonly perCell: number;
}

/** Samples lie on a line that is as near: a page is 4 KiB, and small blocks differ. */
const near = 0.005;

/** Of the lines through two samples, or through nothing and one, that no sample lies beneath: the one that most lie on. */
function lineBeneath(samples: readonly MemorySample[]): Line {
  const points = samples.map(({ pictures, cells, taken }) => ({ x: pictures * cells, y: taken }));
  let best: Line = { fixed: 0, perCell: 0 };
  let [most, least] = [0, Infinity];
  for (const a of [{ x: 0, y: 0 }, ...points])
    for (const b of points) {
      if (b.x <= a.x) continue;
      const perCell = (b.y - a.y) / (b.x - a.x);
      const fixed = a.y - perCell * a.x;
      const above = points.map(({ x, y }) => y / (fixed + perCell * x) - 1);
      if (perCell < 0 || fixed < 0 || above.some((by) => by < -near)) continue;
      const on = above.filter((by) => by < near).length;
      const distance = above.reduce((sum, by) => sum + by, 0);
      if (on < most || (on === most && distance >= least)) continue;
      [best, most, least] = [{ fixed, perCell }, on, distance];
    }
  // All of one size, or falling: what one took, whatever its size.
  if (most === 0 && points.length > 0) return { fixed: Math.min(...points.map(({ y }) => y)), perCell: 0 };
  return best;
}

/** Undefined unless bytes per cell grow from the smaller to the larger size, and above the line's. */
function fitAttention(
  larger: readonly MemorySample[],
  fixed: number,
  perCell: number,
): NetworkMemoryManifest['attention'] {
  const [small, large] = larger.map(({ pictures, cells, taken }) => ({
    cells,
    each: (taken - fixed) / (pictures * cells),
  }));
  if (!small || !large || large.each <= Math.max(perCell, small.each)) return undefined;
  const perPair = (large.each - small.each) / (large.cells - small.cells);
  return {
    perCell: Math.round(small.each - perPair * small.cells),
    perPair: Math.round(1000 * perPair) / 1000,
  };
}
