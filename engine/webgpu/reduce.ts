/** The second half of a product whose K is split: adds the partial sums and finishes as the product itself would. */
import { epilogueOf, finish } from './epilogue';
import { rowsOfProduct, type Product } from './product-types';
import type { Dispatch, Limits, Slot } from './types';
import { lines, shader } from './wgsl';

/** Column vectors next to each other in a workgroup. */
const ACROSS = 8;

/** Bytes of the partial sums. */
export function partialBytes(product: Product, splits: number): number {
  const { batch, rows } = rowsOfProduct(product);
  return splits * batch * rows * Math.ceil(product.columns / 4) * 16;
}

/** Leaves the number of chunks of the product's sums. */
export function reduceDispatch(product: Product, splits: number, partials: Slot, limits: Limits): Dispatch {
  const { batch, rows } = rowsOfProduct(product);
  const n4 = Math.ceil(product.columns / 4);
  const across = Math.min(ACROSS, n4);
  const down = Math.max(1, Math.floor(Math.min(256, limits.threads) / across));
  const chunks = Math.max(1, Math.min(product.sums ? 8 : 64, Math.ceil(rows / down)));
  const stretch = Math.ceil(rows / chunks);
  const strips = Math.ceil(n4 / across);
  const epilogue = epilogueOf(product);
  const vec4 = 'vec4<f32>';
  const sums = product.sums !== undefined;
  if (product.sums !== undefined) product.sums.chunks = chunks;
  const reads = [
    { name: 'partial', type: vec4, slot: partials },
    { name: 'constants', type: vec4, slot: product.constants },
    ...epilogue.reads,
  ];
  const size = batch * rows * n4;
  const groups = strips * batch * chunks;
  const body = `let lane = thread % ${across}u;
  let column = (group % ${strips}u) * ${across}u + lane;
  let element = (group / ${strips}u) % ${batch}u;
  let chunk = group / ${strips * batch}u;
  var p = vec4<f32>(); var q = vec4<f32>();
  if (column < ${n4}u) {
    for (var row = chunk * ${stretch}u + thread / ${across}u; row < min((chunk + 1u) * ${stretch}u, ${rows}u); row += ${down}u) {
      let at = element * ${rows}u + row;
      let start = at * ${n4}u + column;
      ${lines(splits, (s) => `let s${s} = partial[start + ${s * size}u];`)}
      { ${finish(product, `(${Array.from({ length: splits }, (_, s) => `s${s}`).join(' + ')})`, 'at', 'column', 'element')}
        ${sums ? 'p += v; q = fma(v, v, q);' : ''} }
    }
  }
  ${
    sums
      ? `ps[thread] = p; qs[thread] = q;
  workgroupBarrier();
  if (thread < ${across}u && column < ${n4}u) {
    var all = vec4<f32>(); var squares = vec4<f32>();
    for (var i = 0u; i < ${down}u; i++) { all += ps[i * ${across}u + thread]; squares += qs[i * ${across}u + thread]; }
    let to = (element * ${chunks}u + chunk) * ${2 * n4}u + column;
    sums[to] = all; sums[to + ${n4}u] = squares;
  }`
      : ''
  }`;
  const threads = across * down;
  const code = shader({
    writes: epilogue.writes,
    reads,
    shared: sums
      ? [
          { name: 'ps', type: `array<${vec4}, ${threads}>` },
          { name: 'qs', type: `array<${vec4}, ${threads}>` },
        ]
      : [],
    functions: epilogue.functions,
    threads,
    groups,
    body,
  });
  return {
    label: `${product.label} (join)`,
    code,
    buffers: [...epilogue.writes, ...reads].map(({ slot }) => slot),
    writes: epilogue.writes.length,
    groups,
    flops: 0,
  };
}
