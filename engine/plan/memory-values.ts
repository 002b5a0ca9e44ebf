/** Bytes of the values on edges. */
import type { Catalog } from '../types/node';
import type { BackendInfo } from '../types/backend';
import type { PortKind, PortType } from '../types/port';
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

/** float32 channels of each kind that holds an array, and whether it is counted in pixels or latent cells. */
const arrays: Partial<
  Record<PortKind, { readonly channels: number | 'given'; readonly per: 'pixel' | 'cell' }>
> = {
  image: { channels: 3, per: 'pixel' },
  mask: { channels: 1, per: 'pixel' },
  // One byte a pixel.
  'semantic-map': { channels: 0.25, per: 'pixel' },
  latent: { channels: 'given', per: 'cell' },
  noise: { channels: 'given', per: 'cell' },
  codes: { channels: 1, per: 'cell' },
};

/**
 * Bytes of a value of this type; 0 for kinds that hold next to nothing. `known` is false where
 * a size is not known: then the package's own stands in, and without a package nothing does.
 */
export function bytesOf(
  { kind, fields }: PortType,
  own: OwnSize | undefined,
): { readonly bytes: number; readonly known: boolean } {
  const array = arrays[kind];
  if (array === undefined) return { bytes: 0, known: true };
  const { height, width } = fields;
  const channels = array.channels === 'given' ? fields['channels'] : array.channels;
  const batch = kind === 'semantic-map' ? 1 : fields['batch'];
  const sized = typeof height === 'number' && typeof width === 'number';
  const known = sized && typeof channels === 'number' && typeof batch === 'number';
  const standIn = own === undefined ? 0 : own.cells * (array.per === 'pixel' ? own.factor ** 2 : 1);
  const area = sized ? height * width : standIn;
  const bytes = 4 * area * numberOr(channels, 1) * numberOr(batch, 1);
  return { bytes, known };
}

const numberOr = (size: unknown, otherwise: number): number => (typeof size === 'number' ? size : otherwise);
