/** Where the bytes of weights lie for onnxruntime: in the person's own files, or packed where that cannot be. */
import type { GraphSource, WeightEntry, WeightStore } from '../types';
import type { Places } from './weights';

/** One array may hold no more than browsers give without complaint. */
const PACK_BYTES = 1 << 30;
/** onnxruntime's wasm counts offsets in 32 bits: of a larger file it is given windows that begin at multiples of this. */
const WINDOW_BYTES = 2 ** 30;
const LARGEST_WHOLE = 2 ** 32 - 1;

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
  const windows = new Map<string, Window>();
  const packed: WeightEntry[] = [];
  for (const name of names) {
    const entry = store.entries.get(name);
    if (entry === undefined) continue;
    const file = entry.computed === true ? undefined : store.files[entry.file];
    if (file === undefined || (file.data instanceof Blob && !slices)) packed.push(entry);
    else {
      const window = windowOf(file.data, entry);
      const known = windows.get(window.path);
      windows.set(window.path, { ...window, end: Math.max(window.end, known?.end ?? 0) });
      const { path: location, start } = window;
      places.set(name, { location, offset: entry.offset - start, bytes: entry.bytes });
    }
  }
  for (const { path, data, start, end } of windows.values())
    files.push({
      path,
      data: data instanceof Blob && data.size > LARGEST_WHOLE ? data.slice(start, end) : data,
    });
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

/** A part of a file that onnxruntime is given as a file of its own; `end` is where its last tensor ends. */
interface Window {
  readonly path: string;
  readonly data: Uint8Array | Blob;
  readonly start: number;
  readonly end: number;
}

/** The window that a tensor lies in: the whole file where offsets in it can be told. */
function windowOf(data: Uint8Array | Blob, { file, offset, bytes }: WeightEntry): Window {
  const end = offset + bytes;
  if (!(data instanceof Blob) || data.size <= LARGEST_WHOLE)
    return { path: `file-${file}`, data, start: 0, end };
  const nth = Math.floor(offset / WINDOW_BYTES);
  return { path: `file-${file}-${nth}`, data, start: nth * WINDOW_BYTES, end };
}

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
