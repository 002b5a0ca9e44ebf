/** Bytes of the values on edges. */
import type { Catalog } from '../types/node';
import type { BackendInfo } from '../types/backend';
import { kindOf } from '../types/kinds';
import type { PortType } from '../types/port';
import type { Tensor } from '../types/tensor';
import { packagesOf } from '../infer/call-node';
import type { PlanStep } from './plan-types';

/** What a picture is taken to measure where only the run will tell. */
export interface OwnSize {
  /** Latent cells. */
  readonly cells: number;
  /** Pixels per cell along a side. */
  readonly factor: number;
}

/** The own size of the first package in the plan that says one. */
export function ownSizeOf(
  steps: readonly PlanStep[],
  catalog: Catalog,
  device: Pick<BackendInfo, 'kind' | 'precision'>,
): OwnSize | undefined {
  for (const { definition, params } of steps)
    for (const id of packagesOf(definition, params)) {
      const factor = catalog.ports(id)?.['first-stage']?.fields['factor'];
      const cells = catalog.memory?.(id, device)?.decoder?.cells;
      if (typeof factor === 'number' && cells !== undefined) return { cells, factor };
    }
  return undefined;
}

/** Bytes of one element. */
const elementBytes: Readonly<Record<Tensor['dtype'], number>> = { float32: 4, int32: 4, uint8: 1, int64: 8 };

/**
 * Bytes of a value of this type; 0 for kinds that hold next to nothing. `known` is false where
 * a size is not known: then the package's own stands in, and without a package nothing does.
 */
export function bytesOf(
  { kind, fields }: PortType,
  own: OwnSize | undefined,
): { readonly bytes: number; readonly known: boolean } {
  const { array } = kindOf(kind);
  if (array === undefined) return { bytes: 0, known: true };
  const { height, width } = fields;
  const sized = typeof height === 'number' && typeof width === 'number';
  const standIn = own === undefined ? 0 : own.cells * (array.per === 'pixel' ? own.factor ** 2 : 1);
  let known = sized;
  let bytes = elementBytes[array.dtype] * (sized ? height * width : standIn);
  for (const axis of array.axes) {
    if (axis === 'height' || axis === 'width') continue;
    const size = typeof axis === 'number' ? axis : fields[axis];
    if (typeof size === 'number') bytes *= size;
    else known = false;
  }
  return { bytes, known };
}
