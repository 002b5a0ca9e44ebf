/**
 * Weights as stored: big matrices in 8 bits with one float32 scale per output
 * channel (w ≈ q·scale, q in −127…127), the rest in half precision, in a
 * safetensors container whose metadata say where each tensor lies in the
 * external data that the ONNX graphs name. On load they are expanded to what
 * the graph computes in; the fp32 graph's offsets are twice the fp16 graph's.
 */
import { z } from 'zod';
import { halfBits, halfValue, LoomError } from '@/engine/types';
import { readSafetensors, type StoredTensor } from './safetensors';

export const WEIGHTS_FORMAT = 'loom-weights-1';

/** Where a tensor lies. `offset` in halves from the start of the external data; `axis` the output channels of an 8-bit one. */
export const layoutSchema = z.array(
  z.strictObject({
    name: z.string(),
    offset: z.int().nonnegative(),
    axis: z.int().nonnegative().optional(),
  }),
);
export type Layout = z.output<typeof layoutSchema>;
export const scaleKey = (name: string) => `${name}//scale`;

/** How the channels of an axis lie in memory: element i belongs to channel ⌊i / inner⌋ mod count. */
export function channelsOf(shape: readonly number[], axis: number): { count: number; inner: number } {
  return { count: shape[axis] ?? 1, inner: shape.slice(axis + 1).reduce((a, b) => a * b, 1) };
}

/**
 * The external data that a graph of this precision asks for. `weights` are
 * the verified bytes of a weights file. Throws `package-invalid`.
 */
export function expandWeights(weights: Uint8Array, precision: 'fp16' | 'fp32', name: string): Uint8Array {
  const { metadata, tensors } = readSafetensors(weights, name);
  const invalid = (why: string) => new LoomError('package-invalid', `${name}: ${why}.`, { file: name });
  const { halves, layout } = readLayout(metadata, invalid);
  const out = precision === 'fp16' ? new Uint16Array(halves) : new Float32Array(halves);
  for (const { name: key, offset, axis } of layout) {
    const tensor = tensors.get(key);
    if (tensor === undefined) throw invalid(`"${key}" is missing`);
    const count = tensor.shape.reduce((a, b) => a * b, 1);
    if (offset + count > halves) throw invalid(`"${key}" lies outside`);
    const target = out.subarray(offset, offset + count);
    if (axis === undefined) expandHalf(tensor, target, key, invalid);
    else expandBytes(tensor, tensors.get(scaleKey(key)), axis, target, key, invalid);
  }
  return new Uint8Array(out.buffer);
}

/** The layout that a weights file's metadata hold, and the length of the external data in halves. Throws `invalid`. */
export function readLayout(
  metadata: Readonly<Record<string, string>>,
  invalid: Invalid,
): { readonly halves: number; readonly layout: Layout } {
  if (metadata['format'] !== WEIGHTS_FORMAT) throw invalid(`its format is not ${WEIGHTS_FORMAT}`);
  const halves = Number(metadata['halves']);
  const layout = layoutSchema.safeParse(parseJson(metadata['layout'] ?? ''));
  if (!layout.success || !Number.isSafeInteger(halves)) throw invalid('its layout is malformed');
  return { halves, layout: layout.data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Invalid = (why: string) => LoomError;

function expandHalf(
  tensor: StoredTensor,
  target: Uint16Array | Float32Array,
  key: string,
  invalid: Invalid,
): void {
  if (tensor.dtype !== 'F16') throw invalid(`"${key}" is not half precision`);
  const source = new Uint16Array(new Uint8Array(tensor.bytes).buffer);
  if (target instanceof Uint16Array) target.set(source);
  else for (let i = 0; i < source.length; i += 1) target[i] = halfValue(source[i] ?? 0);
}

function expandBytes(
  tensor: StoredTensor,
  scales: StoredTensor | undefined,
  axis: number,
  target: Uint16Array | Float32Array,
  key: string,
  invalid: Invalid,
): void {
  const { count, inner } = channelsOf(tensor.shape, axis);
  if (tensor.dtype !== 'I8' || scales?.dtype !== 'F32' || scales.bytes.byteLength !== 4 * count)
    throw invalid(`"${key}" is not 8-bit with ${count} scales`);
  const source = new Int8Array(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.bytes.byteLength);
  const scale = new Float32Array(new Uint8Array(scales.bytes).buffer);
  if (target instanceof Float32Array) {
    forRuns(source.length, inner, count, (from, to, channel) => {
      const s = scale[channel] ?? 0;
      for (let i = from; i < to; i += 1) target[i] = (source[i] ?? 0) * s;
    });
    return;
  }
  // 256 possible values per channel: converting each once is what makes half precision quick.
  const table = new Uint16Array(256 * count);
  for (let channel = 0; channel < count; channel += 1)
    for (let q = -128; q < 128; q += 1)
      table[channel * 256 + q + 128] = halfBits(Math.fround(q * (scale[channel] ?? 0)));
  forRuns(source.length, inner, count, (from, to, channel) => {
    const base = channel * 256 + 128;
    for (let i = from; i < to; i += 1) target[i] = table[base + (source[i] ?? 0)] ?? 0;
  });
}

/** Calls `run` for each stretch of elements of one channel. */
function forRuns(
  length: number,
  inner: number,
  count: number,
  run: (from: number, to: number, channel: number) => void,
): void {
  let channel = 0;
  for (let from = 0; from < length; from += inner) {
    run(from, from + inner, channel);
    channel = channel + 1 === count ? 0 : channel + 1;
  }
}
