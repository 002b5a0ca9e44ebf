/** What is done to a sum before it is stored, shared by the product and by the kernel that joins split sums. */
import { constantsOf, type Product } from './product-types';
import type { Binding } from './wgsl';
import { activationFunction } from './wgsl';
import type { Slot } from './types';

/** Buffers an epilogue reads and writes, in the order of their bindings. */
export interface Epilogue {
  readonly writes: readonly (Binding & { readonly slot: Slot })[];
  readonly reads: readonly (Binding & { readonly slot: Slot })[];
  readonly functions: string;
}

export function epilogueOf(product: Product): Epilogue {
  const { out, sums, vector, residual, act, geglu } = product;
  return {
    writes: [
      { name: 'result', type: geglu ? 'vec2<f32>' : 'vec4<f32>', slot: out.slot },
      ...(sums ? [{ name: 'sums', type: 'vec4<f32>', slot: sums.slot }] : []),
    ],
    reads: [
      ...(vector ? [{ name: 'vectors', type: 'vec4<f32>', slot: vector.slot }] : []),
      ...(residual ? [{ name: 'residual', type: 'vec4<f32>', slot: residual.slot }] : []),
    ],
    functions: [
      act === undefined ? '' : activationFunction(act, 'act_out', 'vec4<f32>'),
      geglu ? activationFunction('gelu', 'gelu', 'vec2<f32>') : '',
    ].join('\n'),
  };
}

/**
 * Statements that finish the sum `value` (vec4<f32>) of row `row` (of all rows)
 * and column vector `column`, and store it. `batch` names the element of the
 * batch. `mean` and `inverse` name a token's moments where the product has a
 * layer normalisation: rstd·(x·γW − mean·ΣγW) + bias.
 */
export function finish(product: Product, value: string, row: string, column: string, batch: string): string {
  const { out, vector, residual, act, geglu, layer } = product;
  const places = constantsOf(product);
  const sum =
    layer === undefined
      ? value
      : `inverse * (${value} - mean * constants[${places.columnSums}u + ${column}])`;
  const at = (view: { pitch: number; offset: number }, r: string) =>
    `${r} * ${view.pitch / 4}u + ${view.offset / 4}u + ${column}`;
  const steps = [`var v = ${sum} + constants[${column}];`];
  if (vector !== undefined) steps.push(`v += vectors[${at(vector, batch)}];`);
  if (act !== undefined) steps.push('v = act_out(v);');
  if (geglu) {
    steps.push(
      `result[${row} * ${out.pitch / 2}u + ${column}] = vec2<f32>(v.x, v.z) * gelu(vec2<f32>(v.y, v.w));`,
    );
    return steps.join(' ');
  }
  if (residual !== undefined) steps.push(`v += residual[${at(residual, row)}];`);
  steps.push(`result[${at(out, row)}] = v;`);
  return steps.join(' ');
}
