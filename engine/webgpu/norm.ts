/** Normalisations: per-channel sums, group norm from them, and layer norm on its own. */
import type { Activation } from '../types';
import { round4, rowsOf, type Dispatch, type Slot, type Sums, type View } from './types';
import { activationFunction, float, keepsZero, shader } from './wgsl';

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

/** Chunks that a normalisation adds up by itself; more are added up before. */
const MOST_CHUNKS = 32;

/** Adds the chunks of sums up, where there are many: every workgroup that normalises would do so again. */
export function finishDispatch(sums: Sums, out: Sums, batch: number, channels: number): Dispatch {
  const n2 = 2 * Math.ceil(channels / 4);
  const across = 8;
  const down = 32;
  const strips = Math.ceil(n2 / across);
  const groups = strips * batch;
  const code = shader({
    writes: [{ name: 'result', type: VEC4 }],
    reads: [{ name: 'sums', type: VEC4 }],
    shared: [{ name: 'part', type: `array<${VEC4}, ${across * down}>` }],
    threads: across * down,
    groups,
    body: `let column = (group % ${strips}u) * ${across}u + thread % ${across}u;
  let element = group / ${strips}u;
  var total = vec4<f32>();
  if (column < ${n2}u) {
    for (var chunk = thread / ${across}u; chunk < ${sums.chunks}u; chunk += ${down}u) {
      total += sums[(element * ${sums.chunks}u + chunk) * ${n2}u + column];
    }
  }
  part[thread] = total;
  workgroupBarrier();
  if (thread < ${across}u && column < ${n2}u) {
    for (var i = 1u; i < ${down}u; i++) { total += part[i * ${across}u + thread]; }
    result[element * ${n2}u + column] = total;
  }`,
  });
  out.chunks = 1;
  out.slot.bytes = 16 * batch * n2;
  return { label: 'add sums up', code, buffers: [out.slot, sums.slot], writes: 1, groups, flops: 0 };
}

/** A value that a group normalisation runs over, beside others: all but the last fill whole vectors. */
export interface NormPart {
  readonly view: View;
  /** Seen at twice its height and width: mean and variance stay the same. */
  readonly up: boolean;
  readonly sums: Sums;
}

export interface GroupNorm {
  readonly parts: readonly NormPart[];
  readonly groups: number;
  readonly eps: number;
  /** γ, then β. */
  readonly weights: Slot;
  readonly act?: Activation;
  readonly out: View;
}

/** Whether the sums of a part are added up before. */
export const needsFinish = ({ chunks }: Sums): boolean => chunks > MOST_CHUNKS;

/**
 * y = act(γ·(x − μ)/σ + β) with μ and σ of each group of channels of each element (arXiv 1803.08494), from sums that
 * whoever made x left. A workgroup takes 32 channels of a stretch of rows: it first finds the moments of the groups
 * that its channels are in, some threads a group.
 */
export function groupNormDispatch({
  parts,
  groups: groupCount,
  eps,
  weights,
  act,
  out,
}: GroupNorm): Dispatch {
  const { channels, batch, width } = out;
  const each = channels / groupCount;
  const n4 = Math.ceil(channels / 4);
  const rows = rowsOf(out);
  const [across, down, threads] = [8, 32, 256];
  const strips = Math.ceil(n4 / across);
  // Long stretches where there are many rows: finding the moments costs every workgroup the same.
  const stretch = Math.max(down, Math.ceil((rows * strips * batch) / 1024 / down) * down);
  const stretches = Math.ceil(rows / stretch);
  const groups = strips * batch * stretches;
  const most = Math.min(groupCount, Math.floor((4 * across - 2) / each) + 2);
  const perGroup = 2 ** Math.floor(Math.log2(threads / most));
  let first = 0;
  const sumOf = parts.map(({ view, sums }, i) => {
    const lanes = round4(view.channels);
    const body = `{ let at = (element * ${sums.chunks}u + CHUNK) * ${2 * lanes}u + c - ${first}u;
        total += s${i}[at]; squares += s${i}[at + ${lanes}u]; }`.replace(
      'CHUNK',
      sums.chunks === 1 ? '0u' : `min(chunk, ${sums.chunks - 1}u)`,
    );
    const guarded = `if (chunk < ${sums.chunks}u) ${body}`;
    first += view.channels;
    return i === parts.length - 1 ? `{ ${guarded} }` : `if (c < ${first}u) { ${guarded} }`;
  });
  const chunks = Math.max(...parts.map(({ sums }) => sums.chunks));
  const counted = parts[0] === undefined ? 1 : rowsOf(parts[0].view);
  let start = 0;
  const slots = [...new Set(parts.map(({ view }) => view.slot))];
  const applied = parts.map(({ view, up }, i) => {
    const lanes = round4(view.channels) / 4;
    const row = up
      ? `((element * ${view.height}u + (row / ${width}u) / 2u) * ${view.width}u + (row % ${width}u) / 2u)`
      : `(element * ${rows}u + row)`;
    const place = `${row} * ${view.pitch / 4}u + ${view.offset / 4}u + column - ${start}u`;
    const body = `{ for (var row = firstRow; row < lastRow; row += ${down}u) {
      var v = fma(x${slots.indexOf(view.slot)}[${place}], scale, shift);
      ${act === undefined ? '' : 'v = act(v);'}${act !== undefined && !keepsZero(act) && channels % 4 !== 0 ? ' v *= inside;' : ''}
      result[(element * ${rows}u + row) * ${out.pitch / 4}u + column] = v;
    } }`;
    start += lanes;
    return i === parts.length - 1 ? body : `if (column < ${start}u) ${body}`;
  });
  const code = shader({
    writes: [{ name: 'result', type: VEC4 }],
    reads: [
      { name: 'weights', type: 'f32' },
      ...slots.map((_, i) => ({ name: `x${i}`, type: VEC4 })),
      ...parts.map((_, i) => ({ name: `s${i}`, type: 'f32' })),
    ],
    shared: [{ name: 'moments', type: `array<vec2<f32>, ${threads}>` }],
    functions: act === undefined ? '' : activationFunction(act, 'act', VEC4),
    threads,
    groups,
    body: `let strip = group % ${strips}u;
  let element = (group / ${strips}u) % ${batch}u;
  let firstRow = (group / ${strips * batch}u) * ${stretch}u + thread / ${across}u;
  let lastRow = min((group / ${strips * batch}u + 1u) * ${stretch}u, ${rows}u);
  let firstGroup = strip * ${4 * across}u / ${each}u;
  let mine = firstGroup + thread / ${perGroup}u;
  var total = 0.0; var squares = 0.0;
  if (thread < ${most * perGroup}u && mine < ${groupCount}u) {
    for (var i = thread % ${perGroup}u; i < ${each * chunks}u; i += ${perGroup}u) {
      let c = mine * ${each}u + i % ${each}u; let chunk = i / ${each}u;
      ${sumOf.join(' else ')}
    }
  }
  moments[thread] = vec2<f32>(total, squares);
  workgroupBarrier();
  for (var step = ${perGroup / 2}u; step > 0u; step /= 2u) {
    if (thread % ${perGroup}u < step) { moments[thread] += moments[thread + step]; }
    workgroupBarrier();
  }
  let column = strip * ${across}u + thread % ${across}u;
  if (column >= ${n4}u) { return; }
  var scale = vec4<f32>(); var shift = vec4<f32>(); var inside = vec4<f32>();
  for (var j = 0u; j < 4u; j++) {
    let c = column * 4u + j;
    if (c < ${channels}u) {
      let m = moments[(c / ${each}u - firstGroup) * ${perGroup}u];
      let mean = m.x / ${float(each * counted)};
      let inverse = inverseSqrt(max(m.y / ${float(each * counted)} - mean * mean, 0.0) + ${float(eps)});
      scale[j] = weights[c] * inverse;
      shift[j] = weights[${channels}u + c] - mean * scale[j];
      inside[j] = 1.0;
    }
  }
  ${applied.join(' else ')}`,
  });
  return {
    label: 'group norm',
    code,
    buffers: [out.slot, weights, ...slots, ...parts.map(({ sums }) => sums.slot)],
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
