/** Normalisations: per-channel sums, the table of a group normalisation, and layer norm on its own. */
import { round4, rowsOf, type Dispatch, type Slot, type Sums, type View } from './types';
import { float, shader } from './wgsl';

const VEC4 = 'vec4<f32>';
const ACROSS = 8;

/** Σx and Σx² of each channel of a value whose producer left none. Sets the number of chunks. */
export function sumsDispatch(view: View, sums: Sums): Dispatch {
  const n4 = Math.ceil(view.channels / 4);
  const rows = rowsOf(view);
  const across = Math.min(ACROSS, n4);
  const down = Math.floor(256 / across);
  const chunks = Math.max(1, Math.min(16, Math.ceil(rows / (4 * down))));
  const stretch = Math.ceil(rows / chunks);
  const strips = Math.ceil(n4 / across);
  sums.chunks = chunks;
  const groups = strips * view.batch * chunks;
  const code = shader({
    writes: [{ name: 'sums', type: VEC4 }],
    reads: [{ name: 'x', type: VEC4 }],
    shared: [
      { name: 'ps', type: `array<${VEC4}, ${across * down}>` },
      { name: 'qs', type: `array<${VEC4}, ${across * down}>` },
    ],
    threads: across * down,
    groups,
    body: `let column = (group % ${strips}u) * ${across}u + thread % ${across}u;
  let element = (group / ${strips}u) % ${view.batch}u;
  let chunk = group / ${strips * view.batch}u;
  var p = vec4<f32>(); var q = vec4<f32>();
  if (column < ${n4}u) {
    for (var row = chunk * ${stretch}u + thread / ${across}u; row < min((chunk + 1u) * ${stretch}u, ${rows}u); row += ${down}u) {
      let v = x[(element * ${rows}u + row) * ${view.pitch / 4}u + ${view.offset / 4}u + column];
      p += v; q = fma(v, v, q);
    }
  }
  ps[thread] = p; qs[thread] = q;
  workgroupBarrier();
  if (thread < ${across}u && column < ${n4}u) {
    var total = vec4<f32>(); var squares = vec4<f32>();
    for (var i = 0u; i < ${down}u; i++) { total += ps[i * ${across}u + thread]; squares += qs[i * ${across}u + thread]; }
    let to = (element * ${chunks}u + chunk) * ${2 * n4}u + column;
    sums[to] = total; sums[to + ${n4}u] = squares;
  }`,
  });
  return { label: 'sums', code, buffers: [sums.slot, view.slot], writes: 1, groups, flops: 0 };
}

/** One of the values that a group normalisation runs over, side by side in channels. */
export interface NormPart {
  readonly sums: Sums;
  readonly channels: number;
  /** Rows that were summed. */
  readonly rows: number;
}

/** Vectors of a table's half: each part starts at a vector of its own. */
export const tableStarts = (parts: readonly { readonly channels: number }[]): number[] => {
  const starts = [0];
  for (const { channels } of parts) starts.push((starts.at(-1) ?? 0) + round4(channels) / 4);
  return starts;
};

/**
 * The table of a group normalisation (arXiv 1803.08494): [batch, 2, vectors], γ/σ and β − μγ/σ of each channel.
 * `weights` holds γ, then β. A workgroup makes one group of one element; parts may meet within a group.
 */
export function tableDispatch(
  parts: readonly NormPart[],
  batch: number,
  groupCount: number,
  eps: number,
  weights: Slot,
  table: Slot,
): Dispatch {
  const channels = parts.reduce((sum, part) => sum + part.channels, 0);
  const each = channels / groupCount;
  const starts = tableStarts(parts);
  const lanes = starts.at(-1) ?? 0;
  const rows = parts[0]?.rows ?? 1;
  let first = 0;
  const branches = parts.map(({ sums, channels: own }, i) => {
    const width = 4 * Math.ceil(own / 4);
    const body = `{ let k = c - ${first}u; lane = ${4 * (starts[i] ?? 0)}u + k;
      for (var chunk = 0u; chunk < ${sums.chunks}u; chunk++) {
        let at = (element * ${sums.chunks}u + chunk) * ${2 * width}u + k;
        total += s${i}[at]; squares += s${i}[at + ${width}u];
      } }`;
    first += own;
    return i === parts.length - 1 ? body : `if (c < ${first}u) ${body}`;
  });
  const threads = 32;
  const groups = batch * groupCount;
  const code = shader({
    writes: [{ name: 'table', type: 'f32' }],
    reads: [{ name: 'weights', type: 'f32' }, ...parts.map((_, i) => ({ name: `s${i}`, type: 'f32' }))],
    shared: [{ name: 'moments', type: `array<vec2<f32>, ${threads}>` }],
    threads,
    groups,
    body: `let element = group / ${groupCount}u;
  let start = (group % ${groupCount}u) * ${each}u;
  var total = 0.0; var squares = 0.0; var lane = 0u;
  for (var i = thread; i < ${each}u; i += ${threads}u) { let c = start + i; ${branches.join(' else ')} }
  moments[thread] = vec2<f32>(total, squares);
  workgroupBarrier();
  var m = vec2<f32>();
  for (var i = 0u; i < ${Math.min(threads, each)}u; i++) { m += moments[i]; }
  let mean = m.x / ${float(each * rows)};
  let inverse = inverseSqrt(max(m.y / ${float(each * rows)} - mean * mean, 0.0) + ${float(eps)});
  for (var i = thread; i < ${each}u; i += ${threads}u) {
    let c = start + i;
    ${parts
      .map((_, i) => {
        const end = parts.slice(0, i + 1).reduce((sum, part) => sum + part.channels, 0);
        const begin = end - (parts[i]?.channels ?? 0);
        const body = `{ lane = ${4 * (starts[i] ?? 0)}u + c - ${begin}u; }`;
        return i === parts.length - 1 ? body : `if (c < ${end}u) ${body}`;
      })
      .join(' else ')}
    let scale = weights[c] * inverse;
    table[element * ${8 * lanes}u + lane] = scale;
    table[element * ${8 * lanes}u + ${4 * lanes}u + lane] = weights[${channels}u + c] - mean * scale;
  }
  ${parts
    .map(({ channels: own }, i) => {
      const [start, padding] = [4 * (starts[i] ?? 0) + own, round4(own) - own];
      // What was never written may be anything, even NaN, and zero times NaN is NaN.
      return padding === 0
        ? ''
        : `if (group % ${groupCount}u == 0u && thread < ${padding}u) {
    table[element * ${8 * lanes}u + ${start}u + thread] = 0.0;
    table[element * ${8 * lanes}u + ${4 * lanes + start}u + thread] = 0.0;
  }`;
    })
    .join('\n')}`,
  });
  return {
    label: 'group norm table',
    code,
    buffers: [table, weights, ...parts.map(({ sums }) => sums.slot)],
    writes: 1,
    groups,
    flops: 0,
  };
}

/** Layer normalisation over a row, by itself: mean first, then squares, as exact as float32 is. `weights`: γ, then β. */
export function layerNormDispatch(x: View, out: View, weights: Slot, eps: number): Dispatch {
  const threads = 64;
  const groups = x.batch * rowsOf(x);
  const { channels } = x;
  const tree = (value: string) => `part[thread] = ${value};
  workgroupBarrier();
  for (var step = ${threads / 2}u; step > 0u; step /= 2u) {
    if (thread < step) { part[thread] += part[thread + step]; }
    workgroupBarrier();
  }`;
  const code = shader({
    writes: [{ name: 'result', type: 'f32' }],
    reads: [
      { name: 'x', type: 'f32' },
      { name: 'weights', type: 'f32' },
    ],
    shared: [{ name: 'part', type: `array<f32, ${threads}>` }],
    threads,
    groups,
    body: `let start = group * ${x.pitch}u + ${x.offset}u;
  var sum = 0.0;
  for (var c = thread; c < ${channels}u; c += ${threads}u) { sum += x[start + c]; }
  ${tree('sum')}
  let mean = part[0] / ${float(channels)};
  workgroupBarrier();
  sum = 0.0;
  for (var c = thread; c < ${channels}u; c += ${threads}u) { let d = x[start + c] - mean; sum += d * d; }
  ${tree('sum')}
  let inverse = inverseSqrt(part[0] / ${float(channels)} + ${float(eps)});
  for (var c = thread; c < ${out.pitch}u; c += ${threads}u) {
    var v = 0.0;
    if (c < ${channels}u) { v = (x[start + c] - mean) * inverse * weights[c] + weights[${channels}u + c]; }
    result[group * ${out.pitch}u + c] = v;
  }`,
  });
  return {
    label: 'layer norm',
    code,
    buffers: [out.slot, x.slot, weights],
    writes: 1,
    groups,
    flops: 0,
  };
}
