/** The WGSL of each operation. Parameter 0 is always the number of elements; the others are named where they are passed. */
import { elementwise, header, type Kernel } from './gpu-machine';

/** Terms that one {@link linear} kernel takes; longer sums are chained. */
export const LINEAR_TERMS = 6;

/** y = Σ scaleₖ·xₖ; parameters 1…terms are the scales. */
export function linear(terms: number): Kernel {
  const names = Array.from({ length: terms }, (_, k) => `x${k}`);
  return elementwise(
    `linear${terms}`,
    names.map((name) => `${name}: array<f32>`),
    `y[i] = ${names.map((name, k) => `f(${k + 1}u) * ${name}[i]`).join(' + ')};`,
  );
}

export const fill = elementwise('fill', [], 'y[i] = f(1u);');

/** Index into a broadcast operand; parameters from `at`: channels, inner, batch stride, channel stride. */
const overlay = (at: number) => `let line = i / u(${at + 1}u);
  let k = (line / u(${at}u)) * u(${at + 2}u) + (line % u(${at}u)) * u(${at + 3}u) + i % u(${at + 1}u);`;

export const multiply = elementwise(
  'multiply',
  ['a: array<f32>', 'b: array<f32>'],
  `${overlay(1)} y[i] = a[i] * b[k];`,
);

export const blend = elementwise(
  'blend',
  ['a: array<f32>', 'b: array<f32>', 'mask: array<f32>'],
  `${overlay(1)} y[i] = a[i] * (1.0 - mask[k]) + b[i] * mask[k];`,
);

/** Parameters: lo, hi. NaN stays NaN, which WGSL's own clamp does not promise. */
export const clampKernel = elementwise(
  'clamp',
  ['a: array<u32>'],
  `let value = bitcast<f32>(a[i]);
  let nan = (a[i] & 0x7fffffffu) > 0x7f800000u;
  y[i] = select(bitcast<u32>(min(f(2u), max(f(1u), value))), a[i], nan);`,
  'array<u32>',
);

/** Writes a part into a joined tensor. Parameters: run (length·inner of the part), stride (of the whole), offset. Bits are copied. */
export const scatter = elementwise(
  'scatter',
  ['a: array<u32>'],
  'y[(i / u(1u)) * u(2u) + u(3u) + i % u(1u)] = a[i];',
  'array<u32>',
);

/** Reads a part of a tensor. Parameters: run, stride, offset. */
export const gather = elementwise(
  'gather',
  ['a: array<u32>'],
  'y[i] = a[(i / u(1u)) * u(2u) + u(3u) + i % u(1u)];',
  'array<u32>',
);

/** Parameters: length, inner. */
export const flip = elementwise(
  'flip',
  ['a: array<u32>'],
  `let k = (i / u(2u)) % u(1u);
  y[i] = a[i + (u(1u) - 1u - k) * u(2u) - k * u(2u)];`,
  'array<u32>',
);

/** Parameters: from height, from width, to height, to width, top, left (as two's complement), value. */
export const pad = elementwise(
  'pad',
  ['a: array<f32>'],
  `let column = i32(i % u(4u)) - bitcast<i32>(u(6u));
  let row = i32((i / u(4u)) % u(3u)) - bitcast<i32>(u(5u));
  let plane = i / (u(4u) * u(3u));
  if (row < 0 || column < 0 || row >= i32(u(1u)) || column >= i32(u(2u))) { y[i] = f(7u); return; }
  y[i] = a[(plane * u(1u) + u32(row)) * u(2u) + u32(column)];`,
);

/** One axis by a tap table. Parameters: from length, to length, inner, taps. */
export const resample = elementwise(
  'resample',
  ['a: array<f32>', 'indices: array<u32>', 'weights: array<f32>'],
  `let inner = i % u(3u);
  let cell = (i / u(3u)) % u(2u);
  let outer = i / (u(3u) * u(2u));
  var sum = 0.0;
  for (var k = cell * u(4u); k < (cell + 1u) * u(4u); k++) {
    sum += weights[k] * a[(outer * u(1u) + indices[k]) * u(3u) + inner];
  }
  y[i] = sum;`,
);

/** Elements that one workgroup of {@link moments} sums up. */
export const MOMENT_BLOCK = 4096;
/** Words that it writes: count, mean, Σ(x − mean)², min, max, NaNs, 0, 0. */
export const MOMENT_WORDS = 8;

const tree = (array: string, join: (a: string, b: string) => string) => `workgroupBarrier();
  for (var step = 128u; step > 0u; step /= 2u) {
    if (t < step) { ${array}[t] = ${join(`${array}[t]`, `${array}[t + step]`)}; }
    workgroupBarrier();
  }`;
const isNumber = (bits: string) => `((${bits} & 0x7fffffffu) <= 0x7f800000u)`;

/**
 * Moments of each block of each batch element, in a tree, so that no sum is
 * long. Parameters: elements per batch element, blocks per batch element.
 * One workgroup per block; counts and NaNs are written as floats (exact to 2²⁴).
 */
export const moments: Kernel = {
  name: 'moments',
  code: `${header(['a: array<u32>'])}
var<workgroup> sums: array<f32, 256>;
var<workgroup> lows: array<f32, 256>;
var<workgroup> highs: array<f32, 256>;
var<workgroup> counts: array<u32, 256>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) t: u32) {
  let block = group.y * groups.x + group.x;
  let start = (block % u(2u)) * ${MOMENT_BLOCK}u;
  let end = min(u(1u), start + ${MOMENT_BLOCK}u);
  let base = (block / u(2u)) * u(1u);
  let inside = block < u(0u);
  var sum = 0.0; var low = 3.4028234e38; var high = -3.4028234e38; var count = 0u;
  if (inside) {
    for (var i = start + t; i < end; i += 256u) {
      let bits = a[base + i];
      if (${isNumber('bits')}) {
        let value = bitcast<f32>(bits);
        sum += value; low = min(low, value); high = max(high, value); count += 1u;
      }
    }
  }
  sums[t] = sum; lows[t] = low; highs[t] = high; counts[t] = count;
  ${tree('sums', (a, b) => `${a} + ${b}`)}
  ${tree('lows', (a, b) => `min(${a}, ${b})`)}
  ${tree('highs', (a, b) => `max(${a}, ${b})`)}
  ${tree('counts', (a, b) => `${a} + ${b}`)}
  let total = counts[0];
  let mean = sums[0] / f32(max(total, 1u));
  workgroupBarrier();
  var squares = 0.0;
  if (inside) {
    for (var i = start + t; i < end; i += 256u) {
      let bits = a[base + i];
      if (${isNumber('bits')}) { let d = bitcast<f32>(bits) - mean; squares += d * d; }
    }
  }
  sums[t] = squares;
  ${tree('sums', (a, b) => `${a} + ${b}`)}
  if (t == 0u && inside) {
    let o = block * ${MOMENT_WORDS}u;
    y[o] = f32(total); y[o + 1u] = mean; y[o + 2u] = sums[0]; y[o + 3u] = lows[0]; y[o + 4u] = highs[0];
    y[o + 5u] = f32(end - start - total); y[o + 6u] = 0.0; y[o + 7u] = 0.0;
  }
}`,
};

/** Merged Σ(x − mean)² of one batch element's blocks (Chan et al.). */
const merged = (name: string) => `var ${name}Count = 0.0; var ${name}Mean = 0.0; var ${name}M2 = 0.0;
  for (var k = i * u(1u); k < (i + 1u) * u(1u); k++) {
    let n = ${name}[k * ${MOMENT_WORDS}u];
    if (n > 0.0) {
      let both = ${name}Count + n;
      let delta = ${name}[k * ${MOMENT_WORDS}u + 1u] - ${name}Mean;
      ${name}M2 += ${name}[k * ${MOMENT_WORDS}u + 2u] + delta * delta * (${name}Count * n / both);
      ${name}Mean += delta * n / both;
      ${name}Count = both;
    }
  }`;

/** What each batch element is multiplied by. Parameters: blocks per batch element, phi. */
export const rescaleFactor = elementwise(
  'rescale-factor',
  ['a: array<f32>', 'b: array<f32>'],
  `${merged('a')} ${merged('b')}
  if (aM2 == 0.0) { y[i] = 1.0; return; }
  y[i] = f(2u) * sqrt(bM2 / aM2) + (1.0 - f(2u));`,
);

/** Parameter: elements per batch element. */
export const rescaleApply = elementwise(
  'rescale-apply',
  ['a: array<f32>', 'factors: array<f32>'],
  'y[i] = a[i] * factors[i / u(1u)];',
);

/** Two float32 to one word of half precision; runs over words. Parameter: elements. */
export const toHalf = elementwise(
  'to-half',
  ['a: array<f32>'],
  `var second = 0.0;
  if (2u * i + 1u < u(1u)) { second = a[2u * i + 1u]; }
  y[i] = pack2x16float(vec2<f32>(a[2u * i], second));`,
  'array<u32>',
);

/** Half precision to float32; runs over elements. */
export const fromHalf = elementwise(
  'from-half',
  ['a: array<u32>'],
  'y[i] = unpack2x16float(a[i / 2u])[i % 2u];',
);
