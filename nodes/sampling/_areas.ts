/** Conditions that count in a rectangle of the picture: where each counts how much. */
import type { ConditioningArea, Tensor, TensorOps } from '@/engine/types';

/** Latent cells over which an edge inside the picture is feathered (ComfyUI's `get_area_and_mult`). */
const feather = 8;

interface Entry {
  readonly weight: number;
  readonly area?: ConditioningArea;
}

/** Whether any of the entries has a place of its own. */
export const hasAreas = (entries: readonly Entry[]): boolean =>
  entries.some(({ area }) => area !== undefined);

/**
 * Each entry's share [1, 1, h, w] of every cell; together 1. By weight times strength where areas reach, by
 * weight alone where none does.
 * @param factor pixels of a cell's side
 */
export function areaShares(
  ops: TensorOps,
  entries: readonly Entry[],
  size: { readonly height: number; readonly width: number },
  factor: number,
): readonly Tensor[] {
  const cells = size.height * size.width;
  const reach = entries.map(({ weight, area }) => cellsOf(area, size, factor).map((value) => value * weight));
  const total = Float64Array.from({ length: cells }, (_, cell) =>
    reach.reduce((sum, values) => sum + (values[cell] ?? 0), 0),
  );
  const whole = entries.reduce((sum, { weight }) => sum + weight, 0);
  return entries.map(({ weight }, index) =>
    ops.from(
      Float32Array.from({ length: cells }, (_, cell) =>
        (total[cell] ?? 0) > 0 ? (reach[index]?.[cell] ?? 0) / (total[cell] ?? 1) : weight / whole,
      ),
      [1, 1, size.height, size.width],
    ),
  );
}

/** How much an area counts in each cell, row by row: its strength inside, a ramp at edges inside the picture. */
function cellsOf(
  area: ConditioningArea | undefined,
  { height, width }: { readonly height: number; readonly width: number },
  factor: number,
): Float64Array {
  if (!area) return new Float64Array(height * width).fill(1);
  const along = (start: number, length: number, all: number): readonly [number, number] => {
    const from = area.unit === 'px' ? Math.floor(start / factor) : Math.round(start * all);
    const cells = area.unit === 'px' ? Math.floor(length / factor) : Math.max(1, Math.round(length * all));
    return [from, Math.min(all, from + cells)];
  };
  const [top, bottom] = along(area.y, area.height, height);
  const [left, right] = along(area.x, area.width, width);
  const ramp = (at: number, from: number, to: number, all: number): number =>
    Math.min(1, from > 0 ? (at - from + 1) / feather : 1) * Math.min(1, to < all ? (to - at) / feather : 1);
  const values = new Float64Array(height * width);
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++)
      values[y * width + x] = area.strength * ramp(y, top, bottom, height) * ramp(x, left, right, width);
  return values;
}
