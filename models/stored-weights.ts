/** The weights of a package of ours (`storage.ts`) as a {@link WeightStore}: a directory over the file as it was fetched. */
import { LoomError, type WeightEntry, type WeightStore } from '@/engine/types';
import { readSafetensors } from './safetensors';
import { readLayout, scaleKey } from './storage';

/**
 * Opens the verified bytes of a weights file. Nothing is expanded: 8-bit matrices stay as they are, with their scales.
 * Throws `package-invalid`.
 */
export function storedWeights(file: Uint8Array, name: string): WeightStore {
  const { metadata, tensors } = readSafetensors(file, name);
  const invalid = (why: string) => new LoomError('package-invalid', `${name}: ${why}.`, { file: name });
  const entries = new Map<string, WeightEntry>();
  for (const { name: key, axis } of readLayout(metadata, invalid).layout) {
    const tensor = tensors.get(key);
    if (tensor === undefined) throw invalid(`"${key}" is missing`);
    const { shape, bytes } = tensor;
    const place = { name: key, shape, file: 0, offset: bytes.byteOffset - file.byteOffset };
    if (axis === undefined) {
      if (tensor.dtype !== 'F16') throw invalid(`"${key}" is not half precision`);
      entries.set(key, { ...place, dtype: 'float16', bytes: bytes.byteLength });
      continue;
    }
    const stored = tensors.get(scaleKey(key));
    if (
      tensor.dtype !== 'I8' ||
      stored?.dtype !== 'F32' ||
      stored.bytes.byteLength !== 4 * (shape[axis] ?? 0)
    )
      throw invalid(`"${key}" is not 8-bit with ${shape[axis] ?? 0} scales`);
    const scales = new Float32Array(new Uint8Array(stored.bytes).buffer);
    entries.set(key, {
      ...place,
      dtype: 'int8-channels',
      bytes: bytes.byteLength,
      channels: { axis, scales },
    });
  }
  return {
    entries,
    files: [{ path: name, data: file }],
    read(key, signal) {
      signal?.throwIfAborted();
      const entry = entries.get(key);
      if (entry === undefined) return Promise.reject(invalid(`"${key}" is missing`));
      return Promise.resolve(file.subarray(entry.offset, entry.offset + entry.bytes));
    },
  };
}
