/** The safetensors container: eight bytes of length, a JSON header, raw little-endian data. */
import { z } from 'zod';
import { fromHalf, LoomError } from '@/engine/types';

const entrySchema = z.object({
  dtype: z.enum(['F32', 'F16', 'I8', 'U8', 'I32', 'I64']),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
const headerSchema = z.record(z.string(), z.unknown());
const ELEMENT_BYTES = { F32: 4, F16: 2, I8: 1, U8: 1, I32: 4, I64: 8 } as const;

/** One stored tensor: a view of the file's bytes. */
export interface StoredTensor {
  readonly dtype: keyof typeof ELEMENT_BYTES;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}
export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Reads a container without copying its data. Throws `package-invalid` on anything malformed. */
export function readSafetensors(file: Uint8Array, name: string): Safetensors {
  const invalid = (why: string, cause?: unknown) =>
    new LoomError('package-invalid', `${name} is not a safetensors file: ${why}.`, { file: name }, { cause });
  if (file.byteLength < 8) throw invalid('it is too short');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > file.byteLength - 8) throw invalid('its header is cut off');
  let header: Record<string, unknown>;
  try {
    header = headerSchema.parse(JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))));
  } catch (thrown) {
    throw invalid('its header is not JSON', thrown);
  }
  const data = file.subarray(8 + length);
  const tensors = new Map<string, StoredTensor>();
  let claimed = 0;
  for (const [key, value] of Object.entries(header)) {
    if (key === '__metadata__') continue;
    const parsed = entrySchema.safeParse(value);
    if (!parsed.success) throw invalid(`the entry "${key}" is malformed`);
    const { dtype, shape, data_offsets } = parsed.data;
    const [start, end] = data_offsets;
    const bytes = shape.reduce((a, b) => a * b, 1) * ELEMENT_BYTES[dtype];
    if (end - start !== bytes || end > data.byteLength) throw invalid(`"${key}" lies outside the file`);
    claimed += bytes;
    if (claimed > data.byteLength) throw invalid('its tensors overlap');
    tensors.set(key, { dtype, shape, bytes: data.subarray(start, end) });
  }
  const metadata = z.record(z.string(), z.string()).safeParse(header['__metadata__'] ?? {});
  if (!metadata.success) throw invalid('its metadata are malformed');
  return { metadata: metadata.data, tensors };
}

/** A container's bytes, tensors in the given order, data aligned to 8 bytes. */
export function writeSafetensors(
  tensors: readonly (StoredTensor & { readonly name: string })[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.byteLength] };
    offset += bytes.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.byteLength / 8) * 8;
  const out = new Uint8Array(8 + padded + offset).fill(0x20, 8, 8 + padded);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.set(text, 8);
  let at = 8 + padded;
  for (const { bytes } of tensors) {
    out.set(bytes, at);
    at += bytes.byteLength;
  }
  return out;
}

/** float32 values of a stored F32 or F16 tensor (copied, so alignment does not matter). Throws `package-invalid`. */
export function floatsOf(
  file: Safetensors,
  key: string,
  name: string,
): { values: Float32Array; shape: readonly number[] } {
  const tensor = file.tensors.get(key);
  if (tensor === undefined || (tensor.dtype !== 'F32' && tensor.dtype !== 'F16'))
    throw new LoomError('package-invalid', `${name} has no float tensor "${key}".`, { file: name });
  const { buffer } = new Uint8Array(tensor.bytes);
  const values = tensor.dtype === 'F32' ? new Float32Array(buffer) : fromHalf(new Uint16Array(buffer));
  return { values, shape: tensor.shape };
}
