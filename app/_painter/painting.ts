/** The state of one painting: the raster, and what undo and redo bring back. */
import type { Raster } from './raster';

/** Paintings kept for undo: a hundred of 256 × 256 (64 kB each), fewer of larger ones. */
const limit = 100;
const limitBytes = 64 * 2 ** 20;
const kept = ({ data }: Raster): number => Math.max(4, Math.min(limit, Math.floor(limitBytes / data.length)));

export interface Painting {
  readonly raster: Raster;
  readonly past: readonly Raster[];
  readonly future: readonly Raster[];
}
export const painting = (raster: Raster): Painting => ({ raster, past: [], future: [] });

const same = (a: Raster, b: Raster): boolean =>
  a === b ||
  (a.width === b.width && a.height === b.height && a.data.every((value, index) => value === b.data[index]));

/** One undoable step; nothing happens when the raster is the same. */
export const paint = (state: Painting, raster: Raster): Painting =>
  same(state.raster, raster)
    ? state
    : { raster, past: [...state.past, state.raster].slice(-kept(raster)), future: [] };

export function undo(state: Painting): Painting {
  const before = state.past.at(-1);
  return before
    ? { raster: before, past: state.past.slice(0, -1), future: [state.raster, ...state.future] }
    : state;
}
export function redo(state: Painting): Painting {
  const [after, ...future] = state.future;
  return after ? { raster: after, past: [...state.past, state.raster], future } : state;
}
