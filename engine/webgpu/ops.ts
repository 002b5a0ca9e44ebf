/** Ops that are computed element by element, each in a pass of its own. */
import { rowsOf, type Dispatch, type View } from './types';
import { LoomError, type NetworkOp } from '../types';
import { at, cells, same, type Source } from './cells';
import { freshView, type Operand } from './values';
import type { TableStorage } from './weight-types';
import type { Weights } from './weights';
import { activationFunction, float } from './wgsl';

export type Emit = (lower: () => Dispatch) => void;

/** What an op's kernel is made from. */
export interface Making {
  /** A value in memory. */
  readonly view: (id: string) => View;
  readonly weights: Weights;
  readonly emit: Emit;
}

/** An operand as a value of its own: parts side by side, activated. */
export function joinOperand(operand: Operand, label: string, emit: Emit): View {
  const { parts, act, shape } = operand;
  const out = freshView(label, shape);
  const slots = [...new Set(parts.map(({ view }) => view.slot))];
  let first = 0;
  const branches = parts.map(({ view, up }, i) => {
    const name = `x${slots.indexOf(view.slot)}`;
    const row = up
      ? `(element * ${view.height}u + y / 2u) * ${view.width}u + x / 2u`
      : `element * ${rowsOf(view)}u + row`;
    const body = `{ let k = c - ${first}u; v = ${at(name, view, row, 'k')}; }`;
    first += view.channels;
    return i === parts.length - 1 ? body : `if (c < ${first}u) ${body}`;
  });
  const sources: Source[] = slots.map((slot, i) => ({ name: `x${i}`, slot }));
  const body = `${branches.join(' else ')} ${act === undefined ? '' : 'v = act(v);'}`;
  const functions = act === undefined ? '' : activationFunction(act, 'act', 'f32');
  emit(() => cells('lay out', out, sources, body, functions));
  return out;
}

/** Reads element i of a table. */
const TABLES: Readonly<Record<TableStorage, string>> = {
  float32: 'fn entry(i: u32) -> f32 { return bitcast<f32>(table[i]); }',
  float16: 'fn entry(i: u32) -> f32 { return unpack2x16float(table[i / 2u])[i % 2u]; }',
  bfloat16: 'fn entry(i: u32) -> f32 { return bitcast<f32>((table[i / 2u] >> (16u * (i % 2u))) << 16u); }',
};

/**
 * Cosine or sine to 1e-7 for angles up to some thousands: WGSL promises 2⁻¹¹, and only within one turn.
 * Reduction and polynomials are those of Cephes' `sinf.c` and `cosf.c`.
 */
const WAVE = `fn wave(angle: f32, cosine: bool) -> f32 {
  let turns = round(angle * 0.63661977);
  let y = turns * 2.0;
  let r = ((angle - y * 0.78515625) - y * 2.4187564849853515625e-4) - y * 3.77489497744594108e-8;
  let z = r * r;
  let s = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
  let c = ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z - 0.5 * z + 1.0;
  let quarter = (i32(turns) + select(0, 1, cosine)) & 3;
  let v = select(s, c, (quarter & 1) == 1);
  return select(v, -v, quarter >= 2);
}`;

/** Emits the kernel that makes `out`. Throws `internal` for ops that are fused elsewhere. */
export function simpleOp(op: NetworkOp, out: View, { view, weights, emit }: Making): void {
  const source = (name: string, from: View, type: Source['type'] = 'f32'): Source => ({
    name,
    slot: from.slot,
    type,
  });
  switch (op.op) {
    case 'add': {
      const [a, b] = [view(op.a), view(op.b)];
      const both = a.slot === b.slot;
      const sources = both ? [source('a', a)] : [source('a', a), source('b', b)];
      return emit(() => cells('add', out, sources, `v = ${same('a', a)} + ${same(both ? 'a' : 'b', b)};`));
    }
    case 'add-vector': {
      const [a, b] = [view(op.x), view(op.vector)];
      const sources = [source('a', a), source('b', b)];
      return emit(() =>
        cells('add vector', out, sources, `v = ${same('a', a)} + ${at('b', b, 'element', 'c')};`),
      );
    }
    case 'geglu': {
      const a = view(op.x);
      const gate = at('a', a, `element * ${rowsOf(a)}u + row`, `(c + ${out.channels}u)`);
      const gelu = activationFunction('gelu', 'gelu', 'f32');
      return emit(() => cells('geglu', out, [source('a', a)], `v = ${same('a', a)} * gelu(${gate});`, gelu));
    }
    case 'affine': {
      const a = view(op.x);
      const body = `v = ${same('a', a)} * ${float(op.scale)} + ${float(op.shift)};`;
      return emit(() => cells('affine', out, [source('a', a)], body));
    }
    case 'clamp': {
      const a = view(op.x);
      const body = `v = min(${float(op.high)}, max(${float(op.low)}, ${same('a', a)}));`;
      return emit(() => cells('clamp', out, [source('a', a)], body));
    }
    case 'add-positions': {
      const a = view(op.x);
      const { slot, storage } = weights.table(op.table.name, { table: op.table });
      const sources: Source[] = [source('a', a), { name: 'table', slot, type: 'u32' }];
      const body = `v = ${same('a', a)} + entry(row * ${out.channels}u + c);`;
      return emit(() => cells('positions', out, sources, body, TABLES[storage]));
    }
    case 'embedding': {
      const ids = view(op.ids);
      const { slot, storage } = weights.table(op.table.name, { table: op.table });
      const sources: Source[] = [
        { name: 'ids', slot: ids.slot, type: 'i32' },
        { name: 'table', slot, type: 'u32' },
      ];
      // Ids are one row per element: as many channels as there are tokens.
      const last = (op.table.shape[0] ?? 1) - 1;
      const body = `let id = u32(clamp(ids[element * ${rowsOf(out)}u + row], 0, ${last})); v = entry(id * ${out.channels}u + c);`;
      return emit(() => cells('embedding', out, sources, body, TABLES[storage]));
    }
    case 'concat-sequence': {
      const parts = op.xs.map(view);
      const slots = [...new Set(parts.map(({ slot }) => slot))];
      let first = 0;
      const branches = parts.map((part, i) => {
        const name = `x${slots.indexOf(part.slot)}`;
        const body = `{ v = ${at(name, part, `element * ${rowsOf(part)}u + row - ${first}u`, 'c')}; }`;
        first += rowsOf(part);
        return i === parts.length - 1 ? body : `if (row < ${first}u) ${body}`;
      });
      const sources = slots.map((slot, i) => ({ name: `x${i}`, slot }));
      return emit(() => cells('join tokens', out, sources, branches.join(' else ')));
    }
    case 'pixel-shuffle': {
      const a = view(op.x);
      const f = op.factor;
      const row = `(element * ${a.height}u + y / ${f}u) * ${a.width}u + x / ${f}u`;
      const channel = `(c * ${f * f}u + (y % ${f}u) * ${f}u + x % ${f}u)`;
      return emit(() => cells('pixel shuffle', out, [source('a', a)], `v = ${at('a', a, row, channel)};`));
    }
    case 'timestep-embedding':
    case 'number-embedding': {
      const a = view(op.op === 'timestep-embedding' ? op.t : op.x);
      const half = op.channels / 2;
      // Powers by float64: what a GPU's own exp leaves out is hundreds of times larger in an angle of hundreds of radians.
      const rates = Float32Array.from({ length: half }, (_, i) => op.period ** (-i / (half - op.shift)));
      const which = op.order === 'cos-sin' ? '<' : '>=';
      const body = `let j = c % ${op.channels}u;
    let angle = ${at('a', a, 'element', `c / ${op.channels}u`)} * rates[j % ${half}u];
    v = wave(angle, j ${which} ${half}u);`;
      const sources: Source[] = [
        source('a', a),
        { name: 'rates', slot: weights.constant(`rates ${half} ${op.shift} ${op.period}`, rates) },
      ];
      return emit(() => cells('timesteps', out, sources, body, WAVE));
    }
    case 'pool-token': {
      const [a, ids] = [view(op.x), view(op.ids)];
      const tokens = rowsOf(a);
      const wanted =
        op.id === undefined ? 'id > ids[start + best]' : `ids[start + best] != ${op.id} && id == ${op.id}`;
      const body = `let start = element * ${tokens}u; var best = 0u;
    for (var n = 1u; n < ${tokens}u; n++) { let id = ids[start + n]; if (${wanted}) { best = n; } }
    v = ${at('a', a, `element * ${tokens}u + best`, 'c')};`;
      const sources: Source[] = [source('a', a), { name: 'ids', slot: ids.slot, type: 'i32' }];
      return emit(() => cells('pool', out, sources, body));
    }
    case 'quantise': {
      const a = view(op.x);
      const { slot, storage } = weights.table(op.codebook.name, { table: op.codebook });
      const [entries = 1] = op.codebook.shape;
      const place = `(element * ${rowsOf(a)}u + row) * ${a.pitch}u + ${a.offset}u`;
      const body = `var best = 0u; var least = 3.0e38;
    for (var k = 0u; k < ${entries}u; k++) {
      var far = 0.0;
      for (var d = 0u; d < ${a.channels}u; d++) { let e = a[${place} + d] - entry(k * ${a.channels}u + d); far += e * e; }
      if (far < least) { least = far; best = k; }
    }
    v = entry(best * ${a.channels}u + c);`;
      const sources: Source[] = [source('a', a), { name: 'table', slot, type: 'u32' }];
      return emit(() => cells('quantise', out, sources, body, TABLES[storage]));
    }
    default:
      throw new LoomError('internal', `"${op.out}" (${op.op}) has no kernel of its own.`);
  }
}
