/**
 * The header of a `.safetensors` file (github.com/huggingface/safetensors): eight bytes of length, JSON, then raw
 * little-endian tensors. Only the header is read, whatever the file's size; what it says of places is checked.
 */
import { z } from 'zod';
import { LoomError } from '@/engine/types';
import type { FileBytes, RangeFile } from '../onnx/slices';
import { Slices } from '../onnx/slices';

/** Bits of one element by the format's name for its type. Types of fewer than 8 bits are not taken. */
const ELEMENT_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;
export type SafetensorsType = keyof typeof ELEMENT_BYTES;

/** Where a tensor lies: bytes from the beginning of the file. */
export interface TensorPlace {
  readonly type: SafetensorsType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly bytes: number;
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorPlace>;
}

/** Real headers have some thousand tensors and a few hundred kilobytes. */
export const SAFETENSORS_LIMITS = { headerBytes: 16 << 20, tensors: 100_000 } as const;

const entrySchema = z.object({
  dtype: z.enum(Object.keys(ELEMENT_BYTES) as [SafetensorsType, ...SafetensorsType[]]),
  shape: z.array(z.int().nonnegative()).max(16),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string());

/** Throws `package-invalid` for anything that is not such a file or lies about it, `file-truncated` for a cut one. */
export async function readSafetensorsHeader(
  file: FileBytes | RangeFile,
  name: string,
): Promise<SafetensorsHeader> {
  const slices = new Slices(file, name);
  const invalid = (why: string, cause?: unknown) =>
    new LoomError('package-invalid', `${name} is not a safetensors file: ${why}.`, { file: name }, { cause });
  if (slices.size < 10) throw invalid('it is too short');
  const start = await slices.bytes(0, 8);
  const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(SAFETENSORS_LIMITS.headerBytes)) throw invalid('its header would be larger than 16 MB');
  const first = 8 + Number(length);
  if (first > slices.size)
    throw new LoomError('file-truncated', `${name} is cut within its header.`, { file: name });
  let parsed: Record<string, unknown>;
  try {
    parsed = headerSchema.parse(
      JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await slices.bytes(8, Number(length)))),
    );
  } catch (thrown) {
    throw invalid('its header is not JSON', thrown);
  }
  const { __metadata__: given, ...entries } = parsed;
  const metadata = metadataSchema.safeParse(given ?? {});
  if (!metadata.success) throw invalid('its metadata are malformed', metadata.error);
  const names = Object.keys(entries);
  if (names.length > SAFETENSORS_LIMITS.tensors) throw invalid('it names more than 100,000 tensors');
  const tensors = new Map<string, TensorPlace>();
  for (const key of names) {
    const entry = entrySchema.safeParse(entries[key]);
    if (!entry.success) throw invalid(`the entry "${key}" is malformed`, entry.error);
    const { dtype: type, shape, data_offsets } = entry.data;
    const [from, to] = data_offsets;
    const bytes = shape.reduce((a, b) => a * b, ELEMENT_BYTES[type]);
    if (to - from !== bytes) throw invalid(`"${key}" has ${to - from} bytes where its shape needs ${bytes}`);
    if (first + to > slices.size)
      throw new LoomError('file-truncated', `${name} is cut: "${key}" lies beyond its end.`, { file: name });
    tensors.set(key, { type, shape, offset: first + from, bytes });
  }
  const ordered = [...tensors.values()].toSorted((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  for (const [i, place] of ordered.entries()) {
    const before = ordered[i - 1];
    if (before !== undefined && before.offset + before.bytes > place.offset)
      throw invalid('its tensors overlap');
  }
  return { metadata: metadata.data, tensors };
}
