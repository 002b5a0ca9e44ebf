'use client';
import { useState } from 'react';
import { toLoomError, type LoomError } from '@/engine/types';
import { paint, painting, redo, undo, type Painting } from './painting';
import type { Raster } from './raster';

export interface PaintingControl {
  /** What is shown: the live stroke while one is drawn. */
  readonly raster: Raster;
  /** Why the stored painting could not be read; an empty one is shown. */
  readonly error: LoomError | undefined;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Shows an unfinished stroke; null shows what was there. */
  readonly show: (raster: Raster | null) => void;
  /** One undoable step. `value` is what is handed out instead of the encoded raster (null for a cleared map). */
  readonly commit: (raster: Raster, value?: null) => void;
  readonly undo: () => void;
  readonly redo: () => void;
}

/**
 * A painting behind a parameter: `value` comes in (also from the document's own
 * undo, which becomes a step here), `onChange` goes out after each stroke.
 */
export function usePainting({
  value,
  onChange,
  decode,
  encode,
  empty,
}: {
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  readonly decode: (value: string) => Raster;
  readonly encode: (raster: Raster) => string;
  readonly empty: () => Raster;
}): PaintingControl {
  const load = (from: string | null): { raster: Raster; error?: LoomError } => {
    if (from === null) return { raster: empty() };
    try {
      return { raster: decode(from) };
    } catch (error) {
      return { raster: empty(), error: toLoomError(error, 'bad-input') };
    }
  };
  const [state, setState] = useState<{
    painting: Painting;
    error?: LoomError | undefined;
    value: string | null;
  }>(() => {
    const { raster, error } = load(value);
    return { painting: painting(raster), error, value };
  });
  const [live, setLive] = useState<Raster | null>(null);
  let current = state;
  if (state.value !== value) {
    // Changed from outside, by the document's undo or another editor of it.
    const { raster, error } = load(value);
    current = { painting: paint(state.painting, raster), error, value };
    setState(current);
  }
  const become = (next: Painting, given?: null): void => {
    setLive(null);
    if (next === current.painting) return;
    const out = given === null ? null : encode(next.raster);
    setState({ painting: next, value: out });
    onChange(out);
  };
  return {
    raster: live ?? current.painting.raster,
    error: current.error,
    canUndo: current.painting.past.length > 0,
    canRedo: current.painting.future.length > 0,
    show: setLive,
    commit: (raster, given) => become(paint(current.painting, raster), given),
    undo: () => become(undo(current.painting)),
    redo: () => become(redo(current.painting)),
  };
}
