/** A half-precision safetensors file in another number format; the fixtures' numbers are the same in all three. */
import { fromHalf } from '@/engine/types';

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

export function as(format: 'F16' | 'F32' | 'BF16', file: Uint8Array): Uint8Array {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Record<string, Entry>;
  const data = file.subarray(8 + length);
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const bytes = new Uint8Array(data.subarray(...entry.data_offsets));
    const part = entry.dtype === 'F16' ? converted(format, bytes) : bytes;
    if (entry.dtype === 'F16') entry.dtype = format;
    entry.data_offsets = [at, at + part.byteLength];
    at += part.byteLength;
    parts.push(part);
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const out = new Uint8Array(8 + text.byteLength + at);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.byteLength), true);
  out.set(text, 8);
  let to = 8 + text.byteLength;
  for (const part of parts) {
    out.set(part, to);
    to += part.byteLength;
  }
  return out;
}

function converted(format: 'F16' | 'F32' | 'BF16', halves: Uint8Array): Uint8Array {
  if (format === 'F16') return halves;
  const floats = fromHalf(new Uint16Array(halves.buffer));
  if (format === 'F32') return new Uint8Array(floats.buffer);
  // The upper half of a float32 is a bfloat16.
  return new Uint8Array(Uint16Array.from(new Uint32Array(floats.buffer), (bits) => bits >>> 16).buffer);
}
