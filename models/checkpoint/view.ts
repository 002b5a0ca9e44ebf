/** The tensors of a file under diffusers' names: what a description asks for, where the file has it. */
import type { NetworkDescription, WeightEntry } from '@/engine/types';
import { weightsOf } from '../networks/map-weights';
import type { FilePlace } from './names';

/**
 * Entries for every weight of `descriptions` that the file has; those it lacks are left out, so that
 * `networkOf` can say them all at once.
 */
export function viewOf(
  descriptions: readonly NetworkDescription[],
  file: ReadonlyMap<string, WeightEntry>,
  place: (weight: string) => FilePlace | undefined,
): ReadonlyMap<string, WeightEntry> {
  const view = new Map<string, WeightEntry>();
  for (const { name } of descriptions.flatMap(({ ops }) => ops.flatMap(weightsOf))) {
    const found = place(name);
    const entry = found === undefined ? undefined : file.get(found.name);
    if (entry !== undefined) view.set(name, { ...partOf(entry, found?.part), name });
  }
  return view;
}

/** Part i of n of a tensor's rows: contiguous bytes. */
function partOf(entry: WeightEntry, part: FilePlace['part']): WeightEntry {
  if (part === undefined) return entry;
  const [rows = 0, ...rest] = entry.shape;
  const bytes = entry.bytes / part.of;
  return { ...entry, shape: [rows / part.of, ...rest], offset: entry.offset + part.index * bytes, bytes };
}
