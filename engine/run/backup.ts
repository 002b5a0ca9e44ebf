/** CPU copies of results on a GPU: what a run can go on from after the device is lost. */
import type { Tensor, TensorData, TensorOps } from '../types/tensor';
import { kindOf } from '../types/kinds';
import { tensorsOf, type Values } from './values';

/** Values whose tensors are CPU copies, by the tensor they stand for. */
export interface Backup {
  readonly values: Values;
  readonly copies: ReadonlyMap<Tensor, { readonly data: TensorData; readonly dims: readonly number[] }>;
  readonly bytes: number;
}

/** Whether every value can be made again from copies of its tensors: those that hold networks of a device cannot. */
export const canBackUp = (values: Values): boolean =>
  Object.values(values).every(({ kind }) => kindOf(kind).rebuild !== undefined);

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
    Object.entries(backup.values).map(([port, value]) => [
      port,
      kindOf(value.kind).rebuild?.(value, again) ?? value,
    ]),
  );
}
