/**
 * C[m, n] = Σₖ A[m, k]·W[k, n] as one kernel, tiled: a workgroup keeps a block of
 * A (rows × 16) and of W (16 × columns) in workgroup memory, a thread a small
 * block of C in registers; the next step's blocks are on their way while one is
 * computed. A is a map seen through a window (implicit GEMM), so that a
 * convolution needs no copy; joined maps, the ×2 of an upsampling and the 1×1 of
 * a skip are further stretches of the same K.
 *
 * A layer norm costs no pass of its own. With μ, r of a row and γ, β of the layer,
 * Σₖ (r(xₖ − μ)γₖ + βₖ)Wₖₙ = r(Σₖ xₖγₖWₖₙ − μ·ΣₖγₖWₖₙ) + ΣₖβₖWₖₙ,
 * where μ and r come from sums of the very values that were loaded. For the group
 * norm that follows, a product leaves each channel's Σx and Σx².
 */
import { epilogueOf, finish } from './epilogue';
import {
  layoutOf,
  loadFunctions,
  loadPlaces,
  loadStep,
  valuesOf,
  WEIGHT_TYPES,
  type Layout,
} from './product-load';
import { BLOCK, rowsOfProduct, stepsOf, type Cut, type Product, type Tile } from './product-types';
import type { Dispatch, Limits, Slot } from './types';
import { lines, range, shader } from './wgsl';

const VECTORS = BLOCK / 4;
/** Vectors through which teams hand their sums over, at most. */
const JOIN_VECTORS = 1024;

/** Vectors of workgroup memory that a tile needs. */
function sharedVectors(product: Product, tile: Tile): number {
  const layout = layoutOf(tile);
  const blocks = tile.teams * (layout.aSize + layout.wSize);
  const join = tile.teams > 1 ? (tile.teams - 1) * layout.team * joinRows(tile, layout) * layout.each : 0;
  const moments = product.layer === undefined ? 0 : layout.team * tile.teams * layout.aLoads;
  const sums = product.sums === undefined ? 0 : 2 * layout.down * layout.columns;
  return Math.max(blocks, join, moments, sums);
}

/** Rows of a thread's block that teams join at a time. */
const joinRows = ({ threadRows, teams }: Tile, { team, each }: Layout) =>
  Math.max(1, Math.min(threadRows, Math.floor(JOIN_VECTORS / ((teams - 1) * team * each || 1))));

/** Whether a device can run a product cut this way. */
export function fits(product: Product, { tile, splits }: Cut, limits: Limits): boolean {
  const { team } = layoutOf(tile);
  const steps = stepsOf(product);
  return (
    sharedVectors(product, tile) * 16 <= limits.workgroupBytes &&
    team * tile.teams <= limits.threads &&
    (splits === 1 || (product.layer === undefined && splits * tile.teams <= steps))
  );
}

/** The dispatches of a product: one, or two where K is split. Leaves its sums' number of chunks. */
export function productDispatch(product: Product, cut: Cut, partials: Slot | undefined): Dispatch {
  const { tile } = cut;
  const layout = layoutOf(tile);
  const { batch, rows } = rowsOfProduct(product);
  const n4 = Math.ceil(product.columns / 4);
  const [tilesDown, tilesAcross] = [Math.ceil(rows / tile.rows), Math.ceil(n4 / layout.columns)];
  const groups = tilesAcross * tilesDown * batch * cut.splits;
  const epilogue = epilogueOf(product);
  const values = valuesOf(product);
  const vec4 = 'vec4<f32>';
  const reads = [
    { name: 'weights', type: WEIGHT_TYPES[product.storage], slot: product.weights },
    ...(partials === undefined || product.storage === 'int8' || product.layer
      ? [{ name: 'constants', type: vec4, slot: product.constants }]
      : []),
    ...values.map((slot, i) => ({ name: `x${i}`, type: vec4, slot })),
    ...(partials === undefined ? epilogue.reads : []),
  ];
  const writes = partials === undefined ? epilogue.writes : [{ name: 'partial', type: vec4, slot: partials }];
  if (partials === undefined && product.sums !== undefined) product.sums.chunks = tilesDown;
  const code = shader({
    writes,
    reads,
    shared: [{ name: 'memory', type: `array<${vec4}, ${sharedVectors(product, tile)}>` }],
    functions: `${loadFunctions(product)}\n${partials === undefined ? epilogue.functions : ''}`,
    threads: layout.team * tile.teams,
    groups,
    body: body({ product, cut, layout, rows, tilesDown, tilesAcross, batch, partials }),
  });
  return {
    label: product.label,
    code,
    buffers: [...writes, ...reads].map(({ slot }) => slot),
    writes: writes.length,
    groups,
    flops:
      2 *
      batch *
      rows *
      product.columns *
      product.segments.reduce((sum, { kernel, view }) => sum + kernel[0] * kernel[1] * view.channels, 0),
  };
}

interface Parts {
  readonly product: Product;
  readonly cut: Cut;
  readonly layout: Layout;
  readonly rows: number;
  readonly tilesDown: number;
  readonly tilesAcross: number;
  readonly batch: number;
  readonly partials: Slot | undefined;
}

function body(parts: Parts): string {
  const { product, cut, layout, rows, tilesDown, tilesAcross, batch } = parts;
  const { tile, splits } = cut;
  const { threadRows, teams } = tile;
  const { team, aLoads, wLoads, across, each } = layout;
  const steps = stepsOf(product);
  const per = Math.ceil(steps / splits);
  const perTile = tilesAcross * tilesDown;
  const layer = product.layer !== undefined;
  const step = (from: string) => `{ let step = ${from}${teams > 1 ? ' + mine' : ''};
    ${loadStep(product, tile, rows)} }`;
  return `let firstColumn = (group % ${tilesAcross}u) * ${layout.columns}u;
  let tileDown = (group / ${tilesAcross}u) % ${tilesDown}u;
  let firstRow = tileDown * ${tile.rows}u;
  let element = ${batch === 1 ? '0u' : `(group / ${perTile}u) % ${batch}u`};
  let split = ${splits === 1 ? '0u' : `group / ${perTile * batch}u`};
  let mine = ${teams > 1 ? `thread / ${team}u` : '0u'};
  let member = ${teams > 1 ? `thread % ${team}u` : 'thread'};
  let right = member % ${across}u;
  let down = member / ${across}u;
  ${loadPlaces(product, tile)}
  let aBase = mine * ${layout.aSize}u;
  let wBase = ${teams * layout.aSize}u + mine * ${layout.wSize}u;
  let aMine = aBase + down * ${threadRows * layout.aRow}u;
  let wMine = wBase + right;
  ${lines(aLoads, (i) => `var a${i} = vec4<f32>();${layer ? ` var total${i} = 0.0; var squares${i} = 0.0;` : ''}`)}
  ${lines(wLoads, (i) => `var w${i} = vec4<f32>();`)}
  ${lines(threadRows, (i) =>
    range(each)
      .map((n) => `var c${i}_${n} = vec4<f32>();`)
      .join(' '),
  )}
  let first = split * ${per}u;
  let last = min(first + ${per}u, ${steps}u);
  ${step('first')}
  for (var now = first; now < last; now += ${teams}u) {
    workgroupBarrier();
    ${storeStep(tile, layout)}
    workgroupBarrier();
    if (now + ${teams}u < last) ${step(`now + ${teams}u`)}
    ${multiply(tile, layout)}
  }
  ${teams > 1 ? joinTeams(tile, layout) : ''}
  ${layer ? rowMoments(product, tile, layout) : ''}
  ${parts.partials === undefined ? store(parts) : storePartial(parts)}`;
}

/** Registers to workgroup memory. */
function storeStep(tile: Tile, { aLoads, wLoads, team, aRow, wSize }: Layout): string {
  const wholeA = (tile.rows * VECTORS) % team === 0;
  const a = lines(aLoads, (i) => {
    const put = `memory[aBase + (a${i}place / ${VECTORS}u) * ${aRow}u + a${i}lane] = a${i};`;
    return wholeA ? put : `if (a${i}place < ${tile.rows * VECTORS}u) { ${put} }`;
  });
  const w = lines(wLoads, (i) => {
    const put = `memory[wBase + member + ${i * team}u] = w${i};`;
    return wSize % team === 0 ? put : `if (member + ${i * team}u < ${wSize}u) { ${put} }`;
  });
  return `${a}\n    ${w}`;
}

/** A thread's block: outer products of a column of A and a row of W. */
function multiply({ threadRows }: Tile, { aRow, columns, each, across }: Layout): string {
  const one = (j: number) => `{ let w = wMine + (k * 4u + ${j}u) * ${columns}u;
      ${lines(each, (n) => `let b${n} = memory[w + ${n * across}u];`)}
      ${lines(threadRows, (i) =>
        range(each)
          .map((n) => `c${i}_${n} = fma(vec4<f32>(r${i}[${j}]), b${n}, c${i}_${n});`)
          .join(' '),
      )} }`;
  return `for (var k = 0u; k < ${VECTORS}u; k++) {
      ${lines(threadRows, (i) => `let r${i} = memory[aMine + ${i * aRow}u + k];`)}
      ${lines(4, one)}
    }`;
}

/** Adds the teams' sums up in the first one, some rows at a time. */
function joinTeams(tile: Tile, layout: Layout): string {
  const { teams, threadRows } = tile;
  const { team, each } = layout;
  const chunk = joinRows(tile, layout);
  const rounds = Math.ceil(threadRows / chunk);
  return lines(rounds, (round) => {
    const rows = range(threadRows).slice(round * chunk, (round + 1) * chunk);
    const all = (f: (at: number, i: number, n: number) => string) =>
      rows
        .map((i, a) =>
          range(each)
            .map((n) => f(a * each + n, i, n))
            .join(' '),
        )
        .join(' ');
    const from = (t: string) => `(${t} * ${team}u + member) * ${chunk * each}u`;
    return `workgroupBarrier();
  if (mine > 0u) { let at = ${from('(mine - 1u)')}; ${all((at, i, n) => `memory[at + ${at}u] = c${i}_${n};`)} }
  workgroupBarrier();
  if (mine == 0u) { ${range(teams - 1)
    .map((t) => `{ let at = ${from(`${t}u`)}; ${all((at, i, n) => `c${i}_${n} += memory[at + ${at}u];`)} }`)
    .join(' ')} }`;
  });
}

/** Mean and 1/σ of each of a thread's rows, from sums that those who loaded them kept. */
function rowMoments(product: Product, tile: Tile, { aLoads, team }: Layout): string {
  const { teams, threadRows } = tile;
  const channels = product.segments[0]?.view.channels ?? 1;
  return `workgroupBarrier();
  ${lines(aLoads, (i) => `memory[thread * ${aLoads}u + ${i}u] = vec4<f32>(total${i}, squares${i}, 0.0, 0.0);`)}
  workgroupBarrier();
  ${lines(threadRows, (i) => `var mean${i} = 0.0; var inverse${i} = 0.0;`)}
  for (var k = 0u; k < ${VECTORS * teams}u; k++) {
    ${lines(
      threadRows,
      (i) => `{ let place = (down * ${threadRows}u + ${i}u) * ${VECTORS}u + k % ${VECTORS}u;
      let z = memory[((k / ${VECTORS}u) * ${team}u + place % ${team}u) * ${aLoads}u + place / ${team}u];
      mean${i} += z.x; inverse${i} += z.y; }`,
    )}
  }
  ${lines(
    threadRows,
    (i) => `mean${i} /= ${channels}.0;
  inverse${i} = inverseSqrt(max(inverse${i} / ${channels}.0 - mean${i} * mean${i}, 0.0) + ${product.layer?.eps ?? 0});`,
  )}`;
}

function store({ product, cut, layout, rows, tilesDown }: Parts): string {
  const { tile } = cut;
  const { each, across, down, columns, team } = layout;
  const n4 = Math.ceil(product.columns / 4);
  const sums = product.sums !== undefined;
  const one = (i: number, n: number) => {
    const column = `column${n}`;
    const guard = n4 % columns === 0 ? '' : `if (${column} < ${n4}u)`;
    const moments = product.layer === undefined ? '' : `let mean = mean${i}; let inverse = inverse${i};`;
    const add = sums ? `p${n} += v; q${n} = fma(v, v, q${n});` : '';
    return `${guard} { ${moments} ${finish(product, `c${i}_${n}`, 'at', column, 'element')} ${add} }`;
  };
  const own = `if (${tile.teams > 1 ? 'mine == 0u' : 'true'}) {
  ${lines(
    tile.threadRows,
    (i) => `{ let row = firstRow + down * ${tile.threadRows}u + ${i}u;
    if (row < ${rows}u) { let at = element * ${rows}u + row;
    ${lines(each, (n) => one(i, n))} } }`,
  )}
  }`;
  const place = lines(each, (n) => `let column${n} = firstColumn + right + ${n * across}u;`);
  if (!sums) return `${place}\n${own}`;
  return `${place}
  ${lines(each, (n) => `var p${n} = vec4<f32>(); var q${n} = vec4<f32>();`)}
  ${own}
  workgroupBarrier();
  if (thread < ${team}u) {
    ${lines(each, (n) => `{ let at = (down * ${columns}u + right + ${n * across}u) * 2u; memory[at] = p${n}; memory[at + 1u] = q${n}; }`)}
  }
  workgroupBarrier();
  for (var v = thread; v < ${columns}u; v += ${team * tile.teams}u) {
    if (firstColumn + v < ${n4}u) {
      var p = vec4<f32>(); var q = vec4<f32>();
      for (var i = 0u; i < ${down}u; i++) { p += memory[(i * ${columns}u + v) * 2u]; q += memory[(i * ${columns}u + v) * 2u + 1u]; }
      let to = (element * ${tilesDown}u + tileDown) * ${2 * n4}u + firstColumn + v;
      sums[to] = p; sums[to + ${n4}u] = q;
    }
  }`;
}

/** [splits, rows, columns]: what `reduce.ts` adds up. */
function storePartial({ product, cut, layout, rows, batch }: Parts): string {
  const { tile } = cut;
  const n4 = Math.ceil(product.columns / 4);
  return `if (${tile.teams > 1 ? 'mine == 0u' : 'true'}) {
  ${lines(
    tile.threadRows,
    (i) => `{ let row = firstRow + down * ${tile.threadRows}u + ${i}u;
    if (row < ${rows}u) {
    ${lines(layout.each, (n) => {
      const column = `firstColumn + right + ${n * layout.across}u`;
      const guard = n4 % layout.columns === 0 ? '' : `if (${column} < ${n4}u)`;
      return `${guard} { partial[((split * ${batch}u + element) * ${rows}u + row) * ${n4}u + ${column}] = c${i}_${n}; }`;
    })} } }`,
  )}
  }`;
}
