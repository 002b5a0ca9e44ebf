/**
 * softmax(Q·Kᵀ/√d)·V of each head without the n² scores in memory (online
 * softmax, arXiv 1805.02867; tiling as in FlashAttention, arXiv 2205.14135).
 *
 * A workgroup takes 16 or 32 queries of one head, four threads a query (or two
 * queries): each of the four scores every fourth key of a block and gathers every
 * fourth vector of the result. Teams of 64 threads take turns at blocks of keys and join at the end.
 */
import { aligned, rowsOf, type Dispatch, type Limits, type View } from './types';
import { float, lines, range, shader } from './wgsl';

export interface Attention {
  readonly q: View;
  readonly k: View;
  readonly v: View;
  readonly out: View;
  readonly heads: number;
  readonly causal: boolean;
}

/** Queries of a workgroup for each one that a thread takes. */
const QUERIES = 16;
const LOWEST = '-3.0e38';
/** Workgroups from which on a thread takes two queries: each key is then loaded once for both. */
const MANY = 256;

interface Shape {
  /** Keys of a block. */
  readonly keys: number;
  readonly teams: number;
  /** Queries that a thread takes part in. */
  readonly each: number;
}

/** Vectors that a query's chances take in workgroup memory: four parts, and one so that queries lie in different banks. */
const chanceRow = (keys: number) => 4 * Math.max(1, keys / 16) + 1;

function shapeOf({ q, k, v, heads }: Attention, limits: Limits): Shape | undefined {
  const [d4, e4] = [q.channels / heads / 4, v.channels / heads / 4];
  const own = Math.ceil(e4 / 4);
  const team = QUERIES * 4;
  const groups = Math.ceil(rowsOf(q) / QUERIES) * heads * q.batch;
  // Two queries of wider heads do not fit into registers.
  const pairs = groups >= 2 * MANY && Math.max(d4, e4) <= 16 ? [2, 1] : [1];
  const cuts = [
    // Few workgroups: each of them is to be done sooner.
    ...(groups < 2 * MANY ? ([[16, 4]] as const) : []),
    [16, 2],
    [16, 1],
    [8, 1],
    [4, 1],
  ] as const;
  for (const each of pairs)
    for (const [keys, teams] of cuts) {
      if (teams > 1 && rowsOf(k) <= keys * (teams / 2)) continue;
      const vectors =
        teams * keys * (d4 + 1) +
        Math.max(teams * keys * e4, (teams - 1) * team * own * each) +
        teams * QUERIES * each * chanceRow(keys);
      const bytes = 16 * vectors + 12 * team * teams * each;
      if (bytes <= limits.workgroupBytes && team * teams <= limits.threads) return { keys, teams, each };
    }
  return undefined;
}

/** Heads of at most this many channels are taken by the tiled kernel. */
const WIDEST = 160;

export function attentionDispatch(attention: Attention, limits: Limits): Dispatch {
  const { q, k, v, out, heads } = attention;
  const [d, e] = [q.channels / heads, v.channels / heads];
  const even = [q, k, v, out].every(aligned) && d % 4 === 0 && e % 4 === 0;
  const shape = even && Math.max(d, e) <= WIDEST ? shapeOf(attention, limits) : undefined;
  return shape === undefined ? wide(attention) : tiled(attention, shape);
}

const flopsOf = ({ q, k, v }: Attention) => 2 * q.batch * rowsOf(q) * rowsOf(k) * (q.channels + v.channels);

function tiled(attention: Attention, { keys, teams, each }: Shape): Dispatch {
  const { q, k, v, out, heads, causal } = attention;
  const [d4, e4] = [q.channels / heads / 4, v.channels / heads / 4];
  const [nq, nk] = [rowsOf(q), rowsOf(k)];
  const own = Math.ceil(e4 / 4);
  const team = QUERIES * 4;
  const perThread = keys / 4;
  const perPart = Math.max(1, perThread / 4);
  const queries = QUERIES * each;
  const tiles = Math.ceil(nq / queries);
  const groups = tiles * heads * q.batch;
  const slots = [...new Set([q.slot, k.slot, v.slot])];
  const nameOf = (view: View) => `x${slots.indexOf(view.slot)}`;
  /** Vector `lane` of this head in a row of all rows. */
  const vector = (view: View, row: string, size: number, lane: string) =>
    `${nameOf(view)}[(${row}) * ${view.pitch / 4}u + ${view.offset / 4}u + head * ${size}u + ${lane}]`;
  const mine = (i: number, text: string) =>
    (i + 1) * 4 > e4 ? `if (part + ${4 * i}u < ${e4}u) { ${text} }` : text;
  const all = (text: (n: number) => string) => lines(each, text);
  const masked = causal || nk % (keys * teams) !== 0;
  // Blocks that only later queries than this workgroup's would see are left out.
  const end = causal ? `min(${nk}u, firstQuery + ${queries}u)` : `${nk}u`;
  const loadBlock = (view: View, size: number, block: string, row: number) =>
    `for (var l = member; l < ${keys * size}u; l += ${team}u) {
      let key = l / ${size}u; let lane = l % ${size}u; var loaded = vec4<f32>();
      if (first + key < ${nk}u) { loaded = ${vector(view, `element * ${nk}u + first + key`, size, 'lane')}; }
      ${block}[mine * ${keys * row}u + key * ${row}u + lane] = loaded;
    }`;
  const loadKeys = lines(
    perThread,
    (j) =>
      `let at${j} = mine * ${keys * (d4 + 1)}u + (part + ${4 * j}u) * ${d4 + 1}u; ${range(each)
        .map((n) => `var s${n}_${j} = 0.0;`)
        .join(' ')}
      ${lines(
        d4,
        (i) =>
          `{ let key = kBlock[at${j} + ${i}u]; ${range(each)
            .map((n) => `s${n}_${j} += dot(q${n}_${i}, key);`)
            .join(' ')} }`,
      )}
      ${
        masked
          ? all(
              (n) =>
                `if (first + part + ${4 * j}u >= ${causal ? `min(${nk}u, query${n} + 1u)` : `${nk}u`}) { s${n}_${j} = ${LOWEST}; }`,
            )
          : ''
      }`,
  );
  const maximum = (n: number) =>
    range(perThread).reduce((text, j) => (j === 0 ? `s${n}_0` : `max(${text}, s${n}_${j})`), '');
  const topAt = (n: number, i: number) => `tops[${n * team * teams}u + four + ${i}u]`;
  const chanceAt = (n: number) => `(${n * QUERIES * teams}u + thread / 4u) * ${chanceRow(keys)}u`;
  const softmax = (
    n: number,
  ) => `let higher${n} = max(top${n}, max(max(${topAt(n, 0)}, ${topAt(n, 1)}), max(${topAt(n, 2)}, ${topAt(n, 3)})));
    ${lines(perThread, (j) => `s${n}_${j} = select(0.0, exp(s${n}_${j} - higher${n}), s${n}_${j} > -1.0e38);`)}
    let fade${n} = select(exp(top${n} - higher${n}), 1.0, top${n} == higher${n});
    top${n} = higher${n};
    weight${n} = weight${n} * fade${n} + ${range(perThread)
      .map((j) => `s${n}_${j}`)
      .join(' + ')};
    ${lines(own, (i) => `o${n}_${i} *= fade${n};`)}
    ${lines(perPart, (j) => {
      const four = range(4).map((m) => (4 * j + m < perThread ? `s${n}_${4 * j + m}` : '0.0'));
      return `chances[${chanceAt(n)} + part * ${perPart}u + ${j}u] = vec4<f32>(${four.join(', ')});`;
    })}`;
  const gather = lines(perThread, (j) => {
    const chance = (n: number) =>
      `let p${n} = vec4<f32>(chances[${chanceAt(n)} + other * ${perPart}u + ${Math.floor(j / 4)}u][${j % 4}]);`;
    const add = (i: number) =>
      mine(
        i,
        `{ let value = vBlock[at + ${4 * i}u]; ${range(each)
          .map((n) => `o${n}_${i} = fma(p${n}, value, o${n}_${i});`)
          .join(' ')} }`,
      );
    return `{ ${all(chance)} let at = mine * ${keys * e4}u + (other + ${4 * j}u) * ${e4}u + part;
        ${lines(own, add)} }`;
  });
  const finish = (n: number) => `{ var highest = ${LOWEST};
    for (var t = 0u; t < ${teams}u; t++) { highest = max(highest, ends[${n * team * teams}u + t * ${team}u + member].x); }
    var total = 0.0;
    for (var t = 0u; t < ${teams}u; t++) {
      let fade = exp(ends[${n * team * teams}u + t * ${team}u + member].x - highest);
      for (var m = 0u; m < 4u; m++) { total += fade * ends[${n * team * teams}u + t * ${team}u + (member / 4u) * 4u + m].y; }
    }
    let scale = exp(top${n} - highest) / total;
    ${lines(own, (i) => `o${n}_${i} *= scale;`)} }`;
  const joinAt = (t: string, n: number, i: number) =>
    `vBlock[((${t} * ${team}u + member) * ${each}u + ${n}u) * ${own}u + ${i}u]`;
  const body = `let firstQuery = (group % ${tiles}u) * ${queries}u;
  let head = (group / ${tiles}u) % ${heads}u;
  let element = group / ${tiles * heads}u;
  let mine = thread / ${team}u; let member = thread % ${team}u;
  let part = member % 4u; let four = (thread / 4u) * 4u;
  ${all(
    (
      n,
    ) => `let query${n} = firstQuery + member / 4u + ${QUERIES * n}u; let row${n} = element * ${nq}u + min(query${n}, ${nq - 1}u);
  ${lines(d4, (i) => `let q${n}_${i} = ${vector(q, `row${n}`, d4, `${i}u`)} * ${float(1 / Math.sqrt(4 * d4))};`)}
  ${lines(own, (i) => `var o${n}_${i} = vec4<f32>();`)}
  var top${n} = ${LOWEST}; var weight${n} = 0.0;`,
  )}
  for (var base = 0u; base < ${end}; base += ${keys * teams}u) {
    let first = base + mine * ${keys}u;
    workgroupBarrier();
    ${loadBlock(k, d4, 'kBlock', d4 + 1)}
    ${loadBlock(v, e4, 'vBlock', e4)}
    workgroupBarrier();
    ${loadKeys}
    ${all((n) => `tops[${n * team * teams}u + thread] = ${maximum(n)};`)}
    workgroupBarrier();
    ${all(softmax)}
    workgroupBarrier();
    for (var other = 0u; other < 4u; other++) {
      ${gather}
    }
  }
  ${all((n) => `ends[${n * team * teams}u + thread] = vec2<f32>(top${n}, weight${n});`)}
  workgroupBarrier();
  ${all(finish)}
  ${
    teams > 1
      ? `if (mine > 0u) { ${all((n) => lines(own, (i) => `${joinAt('(mine - 1u)', n, i)} = o${n}_${i};`))} }
  workgroupBarrier();`
      : ''
  }
  if (mine == 0u) {
    ${range(teams - 1)
      .map((t) => all((n) => lines(own, (i) => `o${n}_${i} += ${joinAt(`${t}u`, n, i)};`)))
      .join('\n')}
    ${all((n) => {
      const place = `row${n} * ${out.pitch / 4}u + ${out.offset / 4}u + head * ${e4}u + part`;
      return `if (query${n} < ${nq}u) { ${lines(own, (i) => mine(i, `result[${place} + ${4 * i}u] = o${n}_${i};`))} }`;
    })}
  }`;
  const vec4 = 'vec4<f32>';
  const threads = team * teams;
  const code = shader({
    writes: [{ name: 'result', type: vec4 }],
    reads: slots.map((_, i) => ({ name: `x${i}`, type: vec4 })),
    shared: [
      { name: 'kBlock', type: `array<${vec4}, ${teams * keys * (d4 + 1)}>` },
      {
        name: 'vBlock',
        type: `array<${vec4}, ${Math.max(teams * keys * e4, (teams - 1) * team * own * each)}>`,
      },
      { name: 'chances', type: `array<${vec4}, ${teams * queries * chanceRow(keys)}>` },
      { name: 'ends', type: `array<vec2<f32>, ${threads * each}>` },
      { name: 'tops', type: `array<f32, ${threads * each}>` },
    ],
    threads,
    groups,
    body,
  });
  return {
    label: 'attention',
    code,
    buffers: [out.slot, ...slots],
    writes: 1,
    groups,
    flops: flopsOf(attention),
  };
}

/**
 * Heads of any width: a workgroup takes one query of one head, its threads share
 * blocks of keys, then channels of the result. Slow, and right.
 */
function wide(attention: Attention): Dispatch {
  const { q, k, v, out, heads, causal } = attention;
  const [d, e] = [q.channels / heads, v.channels / heads];
  const [nq, nk] = [rowsOf(q), rowsOf(k)];
  const threads = 64;
  const slots = [...new Set([q.slot, k.slot, v.slot])];
  const nameOf = (view: View) => `x${slots.indexOf(view.slot)}`;
  const groups = nq * heads * q.batch;
  const own = Math.ceil(e / threads);
  const tree = (join: (a: string, b: string) => string) => `workgroupBarrier();
    for (var step = ${threads / 2}u; step > 0u; step /= 2u) {
      if (thread < step) { part[thread] = ${join('part[thread]', 'part[thread + step]')}; }
      workgroupBarrier();
    }`;
  const code = shader({
    writes: [{ name: 'result', type: 'f32' }],
    reads: slots.map((_, i) => ({ name: `x${i}`, type: 'f32' })),
    shared: [
      { name: 'part', type: `array<f32, ${threads}>` },
      { name: 'chances', type: `array<f32, ${threads}>` },
    ],
    threads,
    groups,
    body: `let query = group % ${nq}u; let head = (group / ${nq}u) % ${heads}u; let element = group / ${nq * heads}u;
  let seen = ${causal ? `min(${nk}u, query + 1u)` : `${nk}u`};
  let qStart = (element * ${nq}u + query) * ${q.pitch}u + ${q.offset}u + head * ${d}u;
  ${lines(own, (i) => `var o${i} = 0.0;`)}
  var top = ${LOWEST}; var weight = 0.0;
  for (var base = 0u; base < seen; base += ${threads}u) {
    let key = base + thread;
    var score = ${LOWEST};
    if (key < seen) {
      let kStart = (element * ${nk}u + key) * ${k.pitch}u + ${k.offset}u + head * ${d}u;
      score = 0.0;
      for (var i = 0u; i < ${d}u; i++) { score += ${nameOf(q)}[qStart + i] * ${nameOf(k)}[kStart + i]; }
      score *= ${float(1 / Math.sqrt(d))};
    }
    workgroupBarrier();
    part[thread] = score;
    ${tree((a, b) => `max(${a}, ${b})`)}
    let higher = max(top, part[0]);
    workgroupBarrier();
    let chance = select(0.0, exp(score - higher), key < seen);
    chances[thread] = chance;
    part[thread] = chance;
    ${tree((a, b) => `${a} + ${b}`)}
    let fade = select(exp(top - higher), 1.0, top == higher);
    weight = weight * fade + part[0];
    top = higher;
    ${lines(own, (i) => `o${i} *= fade;`)}
    for (var n = 0u; n < min(${threads}u, seen - base); n++) {
      let vStart = (element * ${nk}u + base + n) * ${v.pitch}u + ${v.offset}u + head * ${e}u;
      ${lines(own, (i) => `if (thread + ${threads * i}u < ${e}u) { o${i} = fma(chances[n], ${nameOf(v)}[vStart + thread + ${threads * i}u], o${i}); }`)}
    }
  }
  let oStart = (element * ${nq}u + query) * ${out.pitch}u + ${out.offset}u + head * ${e}u;
  ${lines(own, (i) => `if (thread + ${threads * i}u < ${e}u) { result[oStart + thread + ${threads * i}u] = o${i} / weight; }`)}
  ${
    out.pitch === out.channels
      ? ''
      : `if (head == ${heads - 1}u && thread < ${out.pitch - out.channels}u) { result[oStart + ${e}u + thread] = 0.0; }`
  }`,
  });
  return {
    label: 'attention (wide)',
    code,
    buffers: [out.slot, ...slots],
    writes: 1,
    groups,
    flops: flopsOf(attention),
  };
}
