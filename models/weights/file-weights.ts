/** Safetensors files as a {@link WeightStore}: read slice by slice, never held whole. */
import { LoomError, type WeightDType, type WeightEntry, type WeightStore } from '@/engine/types';
import { Slices, type FileBytes } from '../onnx/slices';
import type { SafetensorsHeader, SafetensorsType } from './safetensors-header';

/** A file and what its header said. Several are the shards of one network. */
export interface WeightFile {
  readonly path: string;
  readonly data: FileBytes;
  readonly header: SafetensorsHeader;
}

/** Types of weights; the others (position ids, counters) are no weights and left out. */
const WEIGHT_TYPES: Partial<Record<SafetensorsType, WeightDType>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
};

/** The directory of the weights that these headers name. `files` are indices into the same list. */
export function weightEntries(headers: readonly SafetensorsHeader[]): ReadonlyMap<string, WeightEntry> {
  const entries = new Map<string, WeightEntry>();
  for (const [file, header] of headers.entries())
    for (const [name, { type, shape, offset, bytes }] of header.tensors) {
      const dtype = WEIGHT_TYPES[type];
      if (dtype === undefined) continue;
      if (entries.has(name)) throw new LoomError('package-invalid', `"${name}" is in two files.`);
      entries.set(name, { name, dtype, shape, file, offset, bytes });
    }
  return entries;
}

/** A store over files. Throws `package-invalid` where two of them have a tensor of one name. */
export function fileWeights(files: readonly WeightFile[]): WeightStore {
  return storeOf(
    weightEntries(files.map(({ header }) => header)),
    files.map(({ path, data }) => ({ path, data })),
  );
}

/** A store of these entries over these files. */
export function storeOf(
  entries: ReadonlyMap<string, WeightEntry>,
  files: readonly { readonly path: string; readonly data: FileBytes }[],
): WeightStore {
  const slices = files.map(({ path, data }) => new Slices(data, path));
  return {
    entries,
    files,
    async read(name, signal) {
      signal?.throwIfAborted();
      const entry = entries.get(name);
      if (entry === undefined) throw new LoomError('package-invalid', `The weights lack "${name}".`);
      const file = slices[entry.file];
      if (file === undefined) throw new LoomError('package-missing', `The file of "${name}" is not there.`);
      return file.bytes(entry.offset, entry.bytes);
    },
  };
}
