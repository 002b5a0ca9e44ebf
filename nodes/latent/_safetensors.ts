/**
 * The safetensors format: u64 length, JSON header, raw little-endian data
 * (github.com/huggingface/safetensors, "Format"). Read for latents only:
 * float32 and float16; hostile headers are refused before anything is allocated.
 */
import { z } from 'zod';
import { LoomError } from '@/engine/types';

export interface NamedTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

const maxHeader = 1 << 20;

/** One float32 tensor with text metadata. */
export function writeSafetensors(
  tensor: NamedTensor,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const { name, dims, values } = tensor;
  const header = JSON.stringify({
    __metadata__: metadata,
    [name]: { dtype: 'F32', shape: dims, data_offsets: [0, values.length * 4] },
  });
  const text = new TextEncoder().encode(header);
  // The data begins at a multiple of 8; spaces may fill the header.
  const padded = Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(8 + padded + values.length * 4).fill(0x20, 8, 8 + padded);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(padded), true);
  out.set(text, 8);
  for (const [i, value] of values.entries()) view.setFloat32(8 + padded + i * 4, value, true);
  return out;
}

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

const damaged = (message: string): LoomError =>
  new LoomError('bad-input', `Not a readable safetensors file: ${message}`, { path: 'source' });

/** The tensors of a file, as float32, and its metadata. Throws `bad-input`. */
export function readSafetensors(bytes: Uint8Array): {
  readonly tensors: readonly NamedTensor[];
  readonly metadata: Readonly<Record<string, string>>;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) throw damaged('it is shorter than its header.');
  const length = view.getBigUint64(0, true);
  if (length > BigInt(Math.min(maxHeader, bytes.length - 8)))
    throw damaged('its header is cut off or too long.');
  const start = 8 + Number(length);
  const header = parseHeader(new TextDecoder().decode(bytes.subarray(8, start)));
  const { __metadata__: metadata = {}, ...entries } = header;
  // Counted before anything is made: a thousand entries may name the same bytes.
  let claimed = 0;
  const parsed = Object.entries(entries).map(([name, raw]) => {
    const entry = entrySchema.safeParse(raw);
    if (!entry.success) throw damaged(`the entry "${name}" is malformed.`);
    const {
      dtype,
      shape,
      data_offsets: [from, to],
    } = entry.data;
    const count = shape.reduce((product, size) => product * size, 1);
    const size = dtype === 'F32' ? 4 : dtype === 'F16' ? 2 : 0;
    if (size === 0) throw damaged(`"${name}" has the element type ${dtype}; only F32 and F16 are read.`);
    if (to - from !== count * size || start + to > bytes.length)
      throw damaged(`"${name}" does not fit into the file.`);
    claimed += to - from;
    if (claimed > bytes.length - start) throw damaged('its tensors overlap.');
    return { name, shape, from, size, count };
  });
  const tensors = parsed.map(({ name, shape, from, size, count }) => {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      const at = start + from + i * size;
      values[i] = size === 4 ? view.getFloat32(at, true) : halfToFloat(view.getUint16(at, true));
    }
    return { name, dims: shape, values };
  });
  const texts = z.record(z.string(), z.string()).safeParse(metadata);
  return { tensors, metadata: texts.success ? texts.data : {} };
}

function parseHeader(text: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    throw damaged('its header is not JSON.');
  }
}

/** IEEE 754 binary16 → number. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
