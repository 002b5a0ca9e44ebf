/** Where the bytes of weights lie for onnxruntime: in the person's own files, or packed where that cannot be. */
import type { GraphSource, WeightEntry, WeightStore } from '../types';
import type { Places } from './weights';

/** One array may hold no more than browsers give without complaint. */
const PACK_BYTES = 1 << 30;

export interface ExternalData {
  readonly places: Places;
  readonly files: GraphSource['externalData'];
}

/**
 * Places of all `names`. `slices` says whether the runtime reads a `Blob` slice by slice; where it would
 * read it whole, only the tensors that are needed are read here, one by one. Computed ones always are.
 */
export async function externalData(
  store: WeightStore,
  names: ReadonlySet<string>,
  { slices, signal }: { slices: boolean; signal?: AbortSignal | undefined },
): Promise<ExternalData> {
  const places = new Map<string, { location: string; offset: number; bytes: number }>();
  const files: { path: string; data: Uint8Array | Blob }[] = [];
  const used = new Set<number>();
  const packed: WeightEntry[] = [];
  for (const name of names) {
    const entry = store.entries.get(name);
    if (entry === undefined) continue;
    const file = entry.computed === true ? undefined : store.files[entry.file];
    if (file === undefined || (file.data instanceof Blob && !slices)) packed.push(entry);
    else {
      used.add(entry.file);
      places.set(name, { location: locationOf(entry.file), offset: entry.offset, bytes: entry.bytes });
    }
  }
  for (const index of used) {
    const file = store.files[index];
    if (file !== undefined) files.push({ path: locationOf(index), data: file.data });
  }
  for (const group of groupsOf(packed)) {
    const path = `packed-${files.length}`;
    const data = new Uint8Array(group.reduce((total, { bytes }) => total + aligned(bytes), 0));
    let offset = 0;
    for (const { name, bytes } of group) {
      signal?.throwIfAborted();
      // One after the other: only one tensor is held beside the pack.
      data.set(await store.read(name, signal), offset);
      places.set(name, { location: path, offset, bytes });
      offset += aligned(bytes);
    }
    files.push({ path, data });
  }
  return { places, files };
}

const locationOf = (file: number): string => `file-${file}`;
const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;

function groupsOf(entries: readonly WeightEntry[]): readonly WeightEntry[][] {
  const groups: WeightEntry[][] = [];
  let size = Infinity;
  for (const entry of entries) {
    size += aligned(entry.bytes);
    if (size > PACK_BYTES) {
      groups.push([]);
      size = aligned(entry.bytes);
    }
    groups.at(-1)?.push(entry);
  }
  return groups;
}
