/** CPU copies of results on a GPU: what a run can go on from after the device is lost. */
import type { Tensor, TensorData, TensorOps } from '../types/tensor';
import type { AnyValue } from '../types/values';
import { tensorsOf, type Values } from './values';

/** Values whose tensors are CPU copies, by the tensor they stand for. */
export interface Backup {
  readonly values: Values;
  readonly copies: ReadonlyMap<Tensor, { readonly data: TensorData; readonly dims: readonly number[] }>;
  readonly bytes: number;
}

/** Kinds that hold tensors and plain data only; the others hold networks of the lost device. */
const kinds: ReadonlySet<AnyValue['kind']> = new Set([
  'image',
  'mask',
  'semantic-map',
  'latent',
  'codes',
  'noise',
  'schedule',
  'sampler',
  'number',
  'text',
]);

/** Whether every value can be made again from copies of its tensors. */
export const canBackUp = (values: Values): boolean =>
  Object.values(values).every(({ kind }) => kinds.has(kind));

/** Copies the values' tensors to the CPU. The caller keeps them alive meanwhile. */
export async function copy(values: Values): Promise<Backup> {
  const tensors = [...new Set(Object.values(values).flatMap(tensorsOf))];
  const copies = await Promise.all(
    tensors.map(async (tensor) => [tensor, { data: await tensor.read(), dims: [...tensor.dims] }] as const),
  );
  return { values, copies: new Map(copies), bytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** The values again, their tensors made anew by `ops`. */
export function restore(backup: Backup, ops: TensorOps): Values {
  const made = new Map<Tensor, Tensor>();
  for (const [tensor, { data, dims }] of backup.copies) made.set(tensor, ops.from(data, dims));
  const again = (tensor: Tensor): Tensor => made.get(tensor) ?? tensor;
  return Object.fromEntries(
    Object.entries(backup.values).map(([port, value]) => [port, withTensors(value, again)]),
  );
}

function withTensors(value: AnyValue, again: (tensor: Tensor) => Tensor): AnyValue {
  switch (value.kind) {
    case 'image':
      return { ...value, pixels: again(value.pixels) };
    case 'mask':
      return { ...value, mask: again(value.mask) };
    case 'semantic-map':
      return { ...value, map: again(value.map) };
    case 'latent': {
      const samples = again(value.samples);
      return value.noisy
        ? { ...value, samples, noisy: { ...value.noisy, history: value.noisy.history.map(again) } }
        : { ...value, samples };
    }
    case 'noise':
      return { ...value, samples: again(value.samples) };
    case 'codes':
      return { ...value, codes: again(value.codes) };
    default:
      return value;
  }
}
