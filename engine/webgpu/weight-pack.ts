/** Kernels that turn a stored weight, as it lies in the file, into a block of a product's packed matrix. */
import type { WeightDType } from '../types';
import { BLOCK, constantsOf, type WeightStorage } from './product-types';
import { WEIGHT_TYPES, WIDEN } from './product-load';
import { shader } from './wgsl';
import type { Blit, MatrixRequest } from './weight-types';

const THREADS = 64;

/** One element of a file's bytes, by index, as float32 (8-bit ones without their scale). */
const STORED: Readonly<Record<WeightDType, string>> = {
  float32: 'return bitcast<f32>(stored[i]);',
  float16: 'return unpack2x16float(stored[i / 2u])[i % 2u];',
  bfloat16: 'return bitcast<f32>((stored[i / 2u] >> (16u * (i % 2u))) << 16u);',
  'int8-channels': 'return f32(bitcast<i32>(stored[i / 4u] << (24u - 8u * (i % 4u))) >> 24u);',
};

/** Four numbers to the matrix' storage. Only exact conversions are asked for. */
const NARROW: Readonly<Record<WeightStorage, string>> = {
  float32: 'matrix[to] = v;',
  float16: 'matrix[to] = vec2<u32>(pack2x16float(v.xy), pack2x16float(v.zw));',
  bfloat16: `let b = bitcast<vec4<u32>>(v); matrix[to] = vec2<u32>((b.x >> 16u) | (b.y & 0xffff0000u), (b.z >> 16u) | (b.w & 0xffff0000u));`,
  int8: `let q = vec4<u32>(vec4<i32>(v)) & vec4<u32>(255u); matrix[to] = q.x | (q.y << 8u) | (q.z << 16u) | (q.w << 24u);`,
};

/** The way a dtype is kept in GPU memory. 8 bits only where a scale belongs to a column of the product. */
export function storageOf(dtype: WeightDType, scaledColumns: boolean): WeightStorage {
  switch (dtype) {
    case 'int8-channels':
      return scaledColumns ? 'int8' : 'float32';
    case 'float16':
    case 'bfloat16':
    case 'float32':
      return dtype;
  }
}

/** A kernel and its numbers: these are bound, so that few pipelines serve all weights. */
export interface Pack {
  readonly code: string;
  readonly groups: number;
  readonly numbers: Uint32Array;
}

/** Names of the numbers, as WGSL reads them from the buffer `numbers`. */
const named = (names: readonly string[]) => names.map((name, i) => `let ${name} = numbers[${i}];`).join(' ');

/**
 * Writes one block. Bindings: the matrix, the bytes of the tensor as stored, the
 * numbers, and for 8-bit weights that are widened on the way one factor per
 * index of the stored axis. `first` is the file's first row of the ref (packed
 * projections), `fileColumns` the length of the file's last axis.
 */
export function packKernel(
  request: MatrixRequest,
  blit: Blit,
  dtype: WeightDType,
  first: number,
  fileColumns: number,
): Pack {
  const n4 = Math.ceil(request.columns / 4);
  const strips = Math.ceil(blit.columns / 4);
  const padded = Math.ceil(blit.channels / BLOCK) * BLOCK;
  const count = blit.taps * padded * strips;
  const expand = dtype === 'int8-channels' && request.storage !== 'int8';
  // Where the file holds [in, out], a column of the product is a column of the file.
  const index = blit.ref.transposed
    ? 'channel * fileColumns + n'
    : '((n + first) * channelsInAll + channel) * taps + tap';
  const code = shader({
    writes: [{ name: 'matrix', type: WEIGHT_TYPES[request.storage] }],
    reads: [
      { name: 'stored', type: 'u32' },
      { name: 'numbers', type: 'u32' },
      ...(expand ? [{ name: 'scales', type: 'f32' }] : []),
    ],
    functions: `fn value(i: u32) -> f32 { ${STORED[dtype]} }`,
    threads: THREADS,
    groups: 'any',
    body: `let i = group * ${THREADS}u + thread;
  ${named(['count', 'strips', 'padded', 'taps', 'start', 'channels', 'channelsInAll', 'columns', 'half', 'row', 'n4', 'column', 'first', 'fileColumns'])}
  if (i >= count) { return; }
  let strip = i % strips;
  let k = i / strips;
  let tap = k / padded;
  let c = k % padded;
  let channel = c + start;
  var v = vec4<f32>();
  if (c < channels) {
    for (var j = 0u; j < 4u; j++) {
      let slot = strip * 4u + j;
      if (slot < columns) {
        let n = ${request.paired ? 'slot / 2u + (slot % 2u) * half' : 'slot'};
        v[j] = value(${index})${expand ? ' * scales[n + first]' : ''};
      }
    }
  }
  let to = (row + k) * n4 + column + strip;
  ${NARROW[request.storage]}`,
  });
  const numbers = Uint32Array.of(
    count,
    strips,
    padded,
    blit.taps,
    blit.start,
    blit.channels,
    blit.total,
    blit.columns,
    request.columns / 2,
    blit.row,
    n4,
    blit.column / 4,
    first,
    fileColumns,
  );
  return { code, groups: Math.ceil(count / THREADS), numbers };
}

/**
 * Folds a layer norm in: column sums Σ γₖWₖₙ and the bias Σ βₖWₖₙ added to the one that is there.
 * Reads and writes the constants; `beta` is a buffer of its own.
 */
export function foldKernel(request: MatrixRequest): Pack {
  const n4 = Math.ceil(request.columns / 4);
  const places = constantsOf({ columns: request.columns, scales: request.scales, layer: true });
  const channels = request.blits[0]?.channels ?? 0;
  const groups = Math.ceil(n4 / THREADS);
  const scale = request.storage === 'int8' ? ' * constants[scales + n]' : '';
  const code = shader({
    writes: [{ name: 'constants', type: 'vec4<f32>' }],
    reads: [
      { name: 'matrix', type: WEIGHT_TYPES[request.storage] },
      { name: 'beta', type: 'f32' },
      { name: 'numbers', type: 'u32' },
    ],
    functions: WIDEN[request.storage],
    threads: THREADS,
    groups: 'any',
    body: `let n = group * ${THREADS}u + thread;
  ${named(['n4', 'channels', 'gamma', 'columnSums', 'scales'])}
  if (n >= n4) { return; }
  var total = vec4<f32>();
  var bias = vec4<f32>();
  for (var k = 0u; k < channels; k++) {
    let w = widen(matrix[k * n4 + n])${scale};
    total += constants[gamma + k / 4u][k % 4u] * w;
    bias += beta[k] * w;
  }
  constants[columnSums + n] = total;
  constants[n] += bias;`,
  });
  const numbers = Uint32Array.of(n4, channels, places.gamma, places.columnSums, places.scales);
  return { code, groups, numbers };
}
