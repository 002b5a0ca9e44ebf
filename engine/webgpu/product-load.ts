/** Loading a step of K: a block of A through its window, and a block of W, widened to float32. */
import {
  BLOCK,
  blocksOf,
  constantsOf,
  type Product,
  type Segment,
  type Tile,
  type WeightStorage,
} from './product-types';
import type { Slot } from './types';
import { activationFunction, lines } from './wgsl';

const VECTORS = BLOCK / 4;

/** Sizes that follow from a tile. */
export interface Layout {
  /** Threads of a team. */
  readonly team: number;
  /** Vectors of A and of W that a thread loads in a step. */
  readonly aLoads: number;
  readonly wLoads: number;
  /** Vectors of a row of A in workgroup memory: odd, so that rows lie in different banks. */
  readonly aRow: number;
  readonly aSize: number;
  readonly wSize: number;
  /** Column vectors of a tile and of a thread. */
  readonly columns: number;
  readonly each: number;
  /** Threads next to each other, along columns and along rows. */
  readonly across: number;
  readonly down: number;
}

export function layoutOf({ rows, columns, threadRows, threadColumns }: Tile): Layout {
  const [across, down] = [columns / threadColumns, rows / threadRows];
  const team = across * down;
  const aRow = VECTORS + 1;
  return {
    team,
    aLoads: Math.ceil((rows * VECTORS) / team),
    wLoads: Math.ceil((BLOCK * columns) / 4 / team),
    aRow,
    aSize: rows * aRow,
    wSize: (BLOCK * columns) / 4,
    columns: columns / 4,
    each: threadColumns / 4,
    across,
    down,
  };
}

/** Distinct buffers of the segments' values: `x0`, `x1`, … */
export function valuesOf(product: Product): readonly Slot[] {
  return [...new Set(product.segments.map(({ view }) => view.slot))];
}

export const WEIGHT_TYPES: Readonly<Record<WeightStorage, string>> = {
  float32: 'vec4<f32>',
  float16: 'vec2<u32>',
  bfloat16: 'vec2<u32>',
  int8: 'u32',
};
/** Four numbers of W as float32; 8-bit ones still lack their scale. */
export const WIDEN: Readonly<Record<WeightStorage, string>> = {
  float32: 'fn widen(w: vec4<f32>) -> vec4<f32> { return w; }',
  float16: `fn widen(w: vec2<u32>) -> vec4<f32> { return vec4<f32>(unpack2x16float(w.x), unpack2x16float(w.y)); }`,
  bfloat16: `fn widen(w: vec2<u32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(vec4<u32>(w.x << 16u, w.x & 0xffff0000u, w.y << 16u, w.y & 0xffff0000u)); }`,
  int8: `fn widen(w: u32) -> vec4<f32> {
  return vec4<f32>(vec4<i32>(vec4<u32>(w << 24u, w << 16u, w << 8u, w)) >> vec4<u32>(24u)); }`,
};

/** Whether a team's loads of W all fall on one column, so that its scales stay in registers. */
const oneColumn = ({ team, columns }: Layout) => team % columns === 0;

/** Functions that loads need. */
export function loadFunctions({ segments, storage }: Product): string {
  const kinds = [...new Set(segments.flatMap(({ act }) => (act === undefined ? [] : [act])))];
  return [WIDEN[storage], ...kinds.map((kind) => activationFunction(kind, actName(kind), 'vec4<f32>'))].join(
    '\n',
  );
}
const actName = (kind: string) => `act_${kind.replaceAll('-', '_')}`;

/** Where each of a thread's vectors of A lies in the tile; declares `aNrow`, `aNy`, `aNx`, `aNlane`. */
export function loadPlaces(product: Product, tile: Tile): string {
  const { team, aLoads } = layoutOf(tile);
  const { width } = product;
  return `${lines(aLoads, (i) => {
    const place = `let a${i}place = member + ${i * team}u; let a${i}lane = a${i}place % ${VECTORS}u;`;
    const row = `let a${i}row = firstRow + a${i}place / ${VECTORS}u;`;
    return `${place} ${row} let a${i}y = i32(a${i}row / ${width}u); let a${i}x = i32(a${i}row % ${width}u);`;
  })}
  ${scaleRegisters(product, tile)}`;
}

function scaleRegisters(product: Product, tile: Tile): string {
  const layout = layoutOf(tile);
  if (product.storage !== 'int8' || !oneColumn(layout)) return '';
  const n4 = Math.ceil(product.columns / 4);
  const { scales } = constantsOf(product);
  return lines(
    product.scales,
    (g) =>
      `let scale${g} = constants[${scales + g * n4}u + min(firstColumn + member % ${layout.columns}u, ${n4 - 1}u)];`,
  );
}

/** Loads step `step` of K into the registers `aN` and `wN`; what lies outside is zero. */
export function loadStep(product: Product, tile: Tile, rows: number): string {
  const layout = layoutOf(tile);
  let start = 0;
  const branches = product.segments.map((segment, i) => {
    const from = start;
    start += blocksOf(segment);
    const body = loadSegment(product, tile, segment, from, rows);
    return i === product.segments.length - 1 ? body : `if (step < ${start}u) ${body}`;
  });
  const n4 = Math.ceil(product.columns / 4);
  const partial = n4 % layout.columns !== 0;
  const w = lines(layout.wLoads, (i) => {
    const column = `firstColumn + at % ${layout.columns}u`;
    const inside = [
      ...(layout.wSize % layout.team === 0 ? [] : [`at < ${layout.wSize}u`]),
      ...(partial ? [`${column} < ${n4}u`] : []),
    ].join(' && ');
    const load = `w${i} = widen(weights[(step * ${BLOCK}u + at / ${layout.columns}u) * ${n4}u + ${column}])${scaleOf(product, layout, column)};`;
    return `{ let at = member + ${i * layout.team}u; ${inside === '' ? load : `if (${inside}) { ${load} }`} }`;
  });
  return `${lines(layout.aLoads, (i) => `a${i} = vec4<f32>();`)}
    ${partial || tile.teams > 1 ? lines(layout.wLoads, (i) => `w${i} = vec4<f32>();`) : ''}
    ${tile.teams > 1 ? 'if (step < last) {' : '{'}
    ${branches.join(' else ')}
    ${w}
    }`;
}

/** The factor of 8-bit weights: by the segment that the step lies in. */
function scaleOf(product: Product, layout: Layout, column: string): string {
  if (product.storage !== 'int8') return '';
  const n4 = Math.ceil(product.columns / 4);
  const { scales } = constantsOf(product);
  const one = (g: number) => (oneColumn(layout) ? `scale${g}` : `constants[${scales + g * n4}u + ${column}]`);
  const ends: number[] = [];
  for (const segment of product.segments) ends.push((ends.at(-1) ?? 0) + blocksOf(segment));
  const text = product.segments.reduceRight<string>(
    (rest, segment, i) =>
      rest === '' || rest === one(segment.scales)
        ? one(segment.scales)
        : `select(${rest}, ${one(segment.scales)}, step < ${ends[i] ?? 0}u)`,
    '',
  );
  return ` * ${text}`;
}

function loadSegment(product: Product, tile: Tile, segment: Segment, start: number, rows: number): string {
  const { view, kernel, stride, padding, up } = segment;
  const { aLoads, team } = layoutOf(tile);
  const name = `x${valuesOf(product).indexOf(view.slot)}`;
  const blocks = Math.ceil(view.channels / BLOCK);
  const lanes = Math.ceil(view.channels / 4);
  const taps = kernel[0] * kernel[1];
  const plain = taps === 1 && stride === 1 && !up && padding[0] === 0 && padding[1] === 0;
  const place =
    taps === 1
      ? `let block = step - ${start}u; let dy = ${-padding[0]}; let dx = ${-padding[1]};`
      : `let within = step - ${start}u; let tap = within / ${blocks}u; let block = within % ${blocks}u;
      let dy = i32(tap / ${kernel[1]}u) - ${padding[0]}; let dx = i32(tap % ${kernel[1]}u) - ${padding[1]};`;
  const [high, wide] = up ? [2 * view.height, 2 * view.width] : [view.height, view.width];
  const half = up ? ' / 2u' : '';
  const guards = (i: number) => [
    ...((tile.rows * VECTORS) % team === 0 ? [] : [`a${i}place < ${tile.rows * VECTORS}u`]),
    `a${i}row < ${rows}u`,
    ...(lanes % VECTORS === 0 ? [] : [`lane < ${lanes}u`]),
  ];
  const [pitch, offset] = [view.pitch / 4, view.offset / 4];
  const load = (i: number) => {
    const read = (row: string) =>
      `a${i} = ${name}[(${row}) * ${pitch}u + ${offset}u + lane]; ${after(product, segment, i)}`;
    const lane = `let lane = block * ${VECTORS}u + a${i}lane;`;
    if (plain)
      return `{ ${lane} if (${guards(i).join(' && ')}) { ${read(`element * ${rows}u + a${i}row`)} } }`;
    return `{ ${lane} let y = a${i}y * ${stride} + dy; let x = a${i}x * ${stride} + dx;
      if (${[...guards(i), 'y >= 0', 'x >= 0', `y < ${high}`, `x < ${wide}`].join(' && ')}) {
        ${read(`(element * ${view.height}u + u32(y)${half}) * ${view.width}u + u32(x)${half}`)} } }`;
  };
  return `{ ${place}
      ${lines(aLoads, load)} }`;
}

/** What happens to a vector of A once loaded. */
function after(product: Product, { act }: Segment, i: number): string {
  const steps: string[] = [];
  if (act !== undefined) steps.push(`a${i} = ${actName(act)}(a${i});`);
  if (product.layer !== undefined)
    steps.push(
      `total${i} += dot(a${i}, vec4<f32>(1.0)); squares${i} += dot(a${i}, a${i});
       a${i} *= constants[${constantsOf(product).gamma}u + lane];`,
    );
  return steps.join(' ');
}
