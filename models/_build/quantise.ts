/** fp16 external data → the package's weights file: 8 bits per output channel where it pays. */
import { halfBits, halfValue } from '@/engine/types';
import { writeSafetensors, type StoredTensor } from '../safetensors';
import { channelsOf, scaleKey, WEIGHTS_FORMAT, type Layout } from '../storage';
import { outputAxis, readGraph, type ExternalTensor, type Graph } from './onnx';

/** Below this many elements a weight stays in half precision: it would save nothing. */
const SMALLEST = 4096;
const FLOAT16 = 10;

export interface Quantised {
  /** The weights file. */
  readonly file: Uint8Array;
  /** Root mean square of w − q·scale over that of w, over all 8-bit weights. */
  readonly error: number;
  readonly bytes8: number;
  readonly bytes16: number;
}

/**
 * Packs the weights of one network. `model` is its fp16 graph, `single` its
 * fp32 graph, `data` the external data of the first. Throws when the two
 * graphs do not lay their weights out alike, or one is not half precision.
 */
export function packWeights(model: Uint8Array, single: Uint8Array, data: Uint8Array): Quantised {
  const graph = readGraph(model);
  checkDoubled(graph, readGraph(single));
  const tensors: (StoredTensor & { name: string })[] = [];
  const layout: Layout = [];
  let [squares, errors, bytes8, bytes16] = [0, 0, 0, 0];
  // Two names may share one place (tied weights): stored once per name, which is rare and harmless.
  for (const weight of graph.external) {
    if (weight.dataType !== FLOAT16)
      throw new Error(`${weight.name} is not float16 (ONNX type ${weight.dataType}).`);
    const halves = new Uint16Array(
      new Uint8Array(data.subarray(weight.offset, weight.offset + weight.length)).buffer,
    );
    const axis = halves.length >= SMALLEST ? outputAxis(graph, weight) : undefined;
    layout.push({ name: weight.name, offset: weight.offset / 2, ...(axis === undefined ? {} : { axis }) });
    if (axis === undefined) {
      tensors.push({
        name: weight.name,
        dtype: 'F16',
        shape: weight.dims,
        bytes: new Uint8Array(halves.buffer),
      });
      bytes16 += weight.length;
      continue;
    }
    const { q, scales, squared, error } = quantiseChannels(halves, weight.dims, axis);
    tensors.push(
      { name: weight.name, dtype: 'I8', shape: weight.dims, bytes: new Uint8Array(q.buffer) },
      {
        name: scaleKey(weight.name),
        dtype: 'F32',
        shape: [scales.length],
        bytes: new Uint8Array(scales.buffer),
      },
    );
    bytes8 += q.byteLength + scales.byteLength;
    squares += squared;
    errors += error;
  }
  // Wider elements first keeps every tensor aligned.
  const width = { F32: 4, F16: 2, I8: 1, U8: 1, I32: 4, I64: 8 };
  tensors.sort((a, b) => width[b.dtype] - width[a.dtype]);
  return {
    file: writeSafetensors(tensors, {
      format: WEIGHTS_FORMAT,
      halves: String(data.byteLength / 2),
      layout: JSON.stringify(layout),
    }),
    error: squares === 0 ? 0 : Math.sqrt(errors / squares),
    bytes8,
    bytes16,
  };
}

/** q = round(w / scale), scale = max |w| / 127 over each channel. Sums of w² and (w − q·scale)² for the report. */
export function quantiseChannels(
  halves: Uint16Array,
  shape: readonly number[],
  axis: number,
): { q: Int8Array; scales: Float32Array; squared: number; error: number } {
  const { count, inner } = channelsOf(shape, axis);
  const scales = new Float32Array(count);
  const channel = (i: number) => Math.floor(i / inner) % count;
  for (let i = 0; i < halves.length; i += 1) {
    const c = channel(i);
    scales[c] = Math.max(scales[c] ?? 0, Math.abs(halfValue(halves[i] ?? 0)));
  }
  for (let c = 0; c < count; c += 1) scales[c] = (scales[c] ?? 0) / 127;
  const q = new Int8Array(halves.length);
  let [squared, error] = [0, 0];
  for (let i = 0; i < halves.length; i += 1) {
    const w = halfValue(halves[i] ?? 0);
    const scale = scales[channel(i)] ?? 0;
    const n = scale === 0 ? 0 : Math.max(-127, Math.min(127, Math.round(w / scale)));
    q[i] = n;
    squared += w * w;
    error += (w - n * scale) ** 2;
  }
  return { q, scales, squared, error };
}

const place = (weight: ExternalTensor) => `${weight.name} [${weight.dims.join(',')}]`;

/** The fp32 graph must name the same weights at exactly twice the offsets. */
function checkDoubled(half: Graph, single: Graph): void {
  const doubled = new Map(single.external.map((weight) => [place(weight), weight.offset]));
  for (const weight of half.external)
    if (doubled.get(place(weight)) !== 2 * weight.offset)
      throw new Error(`${weight.name}: the fp32 graph does not have it at ${2 * weight.offset}.`);
  if (doubled.size !== half.external.length) throw new Error('The two graphs do not have the same weights.');
}

/** float32 values as stored half-precision bytes. */
export const asHalf = (values: Float32Array) => new Uint8Array(Uint16Array.from(values, halfBits).buffer);
