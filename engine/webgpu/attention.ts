/**
 * softmax(Q·Kᵀ/√d)·V of each head without the n² scores in memory (online
 * softmax, arXiv 1805.02867; tiling as in FlashAttention, arXiv 2205.14135).
 *
 * A workgroup takes 16 queries of one head, four threads a query: each of the
 * four scores every fourth key of a block and gathers every fourth vector of the
 * result. Teams of 64 threads take every other block of keys and join at the
 * end.
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

const QUERIES = 16;
const LOWEST = '-3.0e38';

interface Shape {
  readonly keys: number;
  readonly teams: number;
  readonly bytes: number;
}

/** Vectors that a query's chances take in workgroup memory: four parts, and one so that queries lie in different banks. */
const chanceRow = (keys: number) => 4 * Math.max(1, keys / 16) + 1;

/** Keys of a block and teams, for heads of d4 and e4 vectors. */
function shapeOf(d4: number, e4: number, count: number, limits: Limits): Shape | undefined {
  for (const [keys, teams] of [
    [16, 2],
    [16, 1],
    [8, 1],
    [4, 1],
  ] as const) {
    if (teams > 1 && count <= keys) continue;
    const own = Math.ceil(e4 / 4);
    const team = QUERIES * 4;
    const vectors =
      teams * keys * (d4 + 1) +
      Math.max(teams * keys * e4, (teams - 1) * team * own) +
      teams * QUERIES * chanceRow(keys);
    const bytes = 16 * vectors + 12 * team * teams;
    if (bytes <= limits.workgroupBytes && team * teams <= limits.threads) return { keys, teams, bytes };
  }
  return undefined;
}

/** Heads of at most this many channels are taken by the tiled kernel. */
const WIDEST = 160;

export function attentionDispatch(attention: Attention, limits: Limits): Dispatch {
  const { q, k, v, out, heads } = attention;
  const [d, e] = [q.channels / heads, v.channels / heads];
  const even = [q, k, v, out].every(aligned) && d % 4 === 0 && e % 4 === 0;
  const shape = even && Math.max(d, e) <= WIDEST ? shapeOf(d / 4, e / 4, rowsOf(k), limits) : undefined;
  return shape === undefined ? wide(attention) : tiled(attention, shape);
}

const flopsOf = ({ q, k, v }: Attention) => 2 * q.batch * rowsOf(q) * rowsOf(k) * (q.channels + v.channels);

function tiled(attention: Attention, { keys, teams }: Shape): Dispatch {
  const { q, k, v, out, heads, causal } = attention;
  const [d4, e4] = [q.channels / heads / 4, v.channels / heads / 4];
  const [nq, nk] = [rowsOf(q), rowsOf(k)];
  const own = Math.ceil(e4 / 4);
  const team = QUERIES * 4;
  const perThread = keys / 4;
  const perPart = Math.max(1, perThread / 4);
  const tiles = Math.ceil(nq / QUERIES);
  const groups = tiles * heads * q.batch;
  const slots = [...new Set([q.slot, k.slot, v.slot])];
  const nameOf = (view: View) => `x${slots.indexOf(view.slot)}`;
  const mine = (i: number, body: string) =>
    (i + 1) * 4 > e4 ? `if (part + ${4 * i}u < ${e4}u) { ${body} }` : body;
  const limit = causal ? `min(${nk}u, query + 1u)` : `${nk}u`;
  const masked = causal || nk % (keys * teams) !== 0;
  // Blocks that only later queries of this workgroup would see are left out.
  const end = causal ? `min(${nk}u, firstQuery + ${QUERIES}u)` : `${nk}u`;
  const body = `let firstQuery = (group % ${tiles}u) * ${QUERIES}u;
  let head = (group / ${tiles}u) % ${heads}u;
  let element = group / ${tiles * heads}u;
  let mine = thread / ${team}u; let member = thread % ${team}u;
  let query = firstQuery + member / 4u; let part = member % 4u;
  let row = element * ${nq}u + min(query, ${nq - 1}u);
  let kBase = mine * ${keys * (d4 + 1)}u; let vBase = mine * ${keys * e4}u;
  let group4 = (thread / 4u) * 4u;
  let pBase = (thread / 4u) * ${chanceRow(keys)}u;
  let seen = ${limit};
  ${lines(d4, (i) => `let q${i} = ${nameOf(q)}[row * ${q.pitch / 4}u + ${q.offset / 4}u + head * ${d4}u + ${i}u] * ${float(1 / Math.sqrt(4 * d4))};`)}
  ${lines(own, (i) => `var o${i} = vec4<f32>();`)}
  var top = ${LOWEST}; var weight = 0.0;
  for (var base = 0u; base < ${end}; base += ${keys * teams}u) {
    let first = base + mine * ${keys}u;
    workgroupBarrier();
    for (var l = member; l < ${keys * d4}u; l += ${team}u) {
      let key = l / ${d4}u; let lane = l % ${d4}u; var kv = vec4<f32>();
      if (first + key < ${nk}u) { kv = ${nameOf(k)}[(element * ${nk}u + first + key) * ${k.pitch / 4}u + ${k.offset / 4}u + head * ${d4}u + lane]; }
      kBlock[kBase + key * ${d4 + 1}u + lane] = kv;
    }
    for (var l = member; l < ${keys * e4}u; l += ${team}u) {
      let key = l / ${e4}u; let lane = l % ${e4}u; var vv = vec4<f32>();
      if (first + key < ${nk}u) { vv = ${nameOf(v)}[(element * ${nk}u + first + key) * ${v.pitch / 4}u + ${v.offset / 4}u + head * ${e4}u + lane]; }
      vBlock[vBase + l] = vv;
    }
    workgroupBarrier();
    ${lines(
      perThread,
      (j) => `var s${j} = 0.0; { let at = kBase + (part + ${4 * j}u) * ${d4 + 1}u;
      ${range(d4)
        .map((i) => `s${j} += dot(q${i}, kBlock[at + ${i}u]);`)
        .join(' ')} ${masked ? `if (first + part + ${4 * j}u >= seen) { s${j} = ${LOWEST}; }` : ''} }`,
    )}
    tops[thread] = ${range(perThread).reduce((text, j) => (j === 0 ? 's0' : `max(${text}, s${j})`), '')};
    workgroupBarrier();
    let higher = max(top, max(max(tops[group4], tops[group4 + 1u]), max(tops[group4 + 2u], tops[group4 + 3u])));
    ${lines(perThread, (j) => `s${j} = select(0.0, exp(s${j} - higher), s${j} > -1.0e38);`)}
    let fade = select(exp(top - higher), 1.0, top == higher);
    top = higher;
    weight = weight * fade + ${range(perThread)
      .map((j) => `s${j}`)
      .join(' + ')};
    ${lines(own, (i) => `o${i} *= fade;`)}
    ${lines(perPart, (j) => {
      const four = range(4).map((n) => (4 * j + n < perThread ? `s${4 * j + n}` : '0.0'));
      return `chances[pBase + part * ${perPart}u + ${j}u] = vec4<f32>(${four.join(', ')});`;
    })}
    workgroupBarrier();
    for (var other = 0u; other < 4u; other++) {
      ${lines(perThread, (j) => {
        const place = `pBase + other * ${perPart}u + ${Math.floor(j / 4)}u`;
        return `{ let p = chances[${place}][${j % 4}]; let at = vBase + (other + ${4 * j}u) * ${e4}u + part;
        ${range(own)
          .map((i) => mine(i, `o${i} = fma(vec4<f32>(p), vBlock[at + ${4 * i}u], o${i});`))
          .join(' ')} }`;
      })}
    }
  }
  ends[thread] = vec2<f32>(top, weight);
  workgroupBarrier();
  var highest = ${LOWEST};
  for (var t = 0u; t < ${teams}u; t++) { highest = max(highest, ends[t * ${team}u + member].x); }
  var total = 0.0;
  for (var t = 0u; t < ${teams}u; t++) {
    let fade = exp(ends[t * ${team}u + member].x - highest);
    for (var n = 0u; n < 4u; n++) { total += fade * ends[t * ${team}u + (member / 4u) * 4u + n].y; }
  }
  let scale = exp(top - highest) / total;
  ${lines(own, (i) => `o${i} *= scale;`)}
  ${
    teams > 1
      ? `if (mine > 0u) { ${lines(own, (i) => `vBlock[((mine - 1u) * ${team}u + member) * ${own}u + ${i}u] = o${i};`)} }
  workgroupBarrier();`
      : ''
  }
  if (mine == 0u && query < ${nq}u) {
    ${range(teams - 1)
      .map((t) => lines(own, (i) => `o${i} += vBlock[(${t * team}u + member) * ${own}u + ${i}u];`))
      .join('\n')}
    ${lines(own, (i) => mine(i, `result[row * ${out.pitch / 4}u + ${out.offset / 4}u + head * ${e4}u + part + ${4 * i}u] = o${i};`))}
  }`;
  const vec4 = 'vec4<f32>';
  const code = shader({
    writes: [{ name: 'result', type: vec4 }],
    reads: slots.map((_, i) => ({ name: `x${i}`, type: vec4 })),
    shared: [
      { name: 'kBlock', type: `array<${vec4}, ${teams * keys * (d4 + 1)}>` },
      { name: 'vBlock', type: `array<${vec4}, ${Math.max(teams * keys * e4, (teams - 1) * team * own)}>` },
      { name: 'chances', type: `array<${vec4}, ${teams * QUERIES * chanceRow(keys)}>` },
      { name: 'ends', type: `array<vec2<f32>, ${team * teams}>` },
      { name: 'tops', type: `array<f32, ${team * teams}>` },
    ],
    threads: team * teams,
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
