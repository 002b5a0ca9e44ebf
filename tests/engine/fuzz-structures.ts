/**
 * Small texts that become large: definitions that fan out, inputs that fan in, stars, chains, diamonds, rings, depth.
 * Sizes are drawn on a logarithmic scale, so that every limit is met from both sides.
 */
import type { Rng } from './fuzz-documents';

type Record_<T> = { [name: string]: T };
type Node = { type: string; mode?: string; params?: object; title?: string };
type End = { node: string; port: string };
interface Level {
  nodes: Record_<Node>;
  edges: Record_<{ from: End; to: End }>;
  inputs?: Record_<{ to: End[] }>;
  outputs?: Record_<{ from: End }>;
}

/** 1 … most, small ones more often. */
const some = (rng: Rng, most: number): number => Math.max(1, Math.floor(most ** rng()));
const end = (node: string, port: string): End => ({ node, port });
const document = (level: Level, definitions: Record_<Level> = {}, more: object = {}): object => ({
  format: 'latent-loom',
  version: 1,
  ...level,
  definitions,
  ...more,
});
/** A name now and then that every object has. */
const name = (rng: Rng, index: number): string =>
  rng() < 0.01 ? (['toString', 'valueOf', 'constructor', '__proto__'][index % 4] ?? 'n') : `n${index}`;
const bypass = (rng: Rng): { mode?: string } => (rng() < 0.15 ? { mode: 'bypass' } : {});

/** Each definition holds `width` instances of the next, `depth` deep; an input and an output lead through. */
function fanOut(rng: Rng): object {
  const [depth, width] = [some(rng, 100), some(rng, 14)];
  const definitions: Record_<Level> = {};
  for (let at = 0; at < depth; at++) {
    const last = at === depth - 1;
    const nodes: Record_<Node> = {};
    for (let k = 0; k < width; k++)
      nodes[`n${k}`] = { type: last ? 'kit/sum' : `graph/d${at + 1}`, ...bypass(rng) };
    const [inner, outer] = last ? ['a', 'number'] : ['x', 'x'];
    definitions[`d${at}`] = {
      nodes,
      edges: {},
      inputs: { x: { to: Object.keys(nodes).map((id) => end(id, inner)) } },
      outputs: { x: { from: end('n0', outer) } },
    };
  }
  const nodes: Record_<Node> = { a: { type: 'kit/number' } };
  const edges: Level['edges'] = {};
  for (let k = 0; k < some(rng, 6); k++) {
    nodes[`i${k}`] = { type: 'graph/d0', ...bypass(rng) };
    edges[`e${k}`] = {
      from: end(k === 0 ? 'a' : `i${k - 1}`, k === 0 ? 'number' : 'x'),
      to: end(`i${k}`, 'x'),
    };
  }
  return document({ nodes, edges }, definitions);
}

/** Each definition's input stands for one inner input many times. */
function fanIn(rng: Rng): object {
  const [depth, width] = [some(rng, 40), some(rng, 20)];
  const definitions: Record_<Level> = {};
  for (let at = 0; at < depth; at++) {
    const last = at === depth - 1;
    const to = Array.from({ length: width }, () => end('n', last ? 'a' : 'x'));
    definitions[`d${at}`] = {
      nodes: { n: { type: last ? 'kit/sum' : `graph/d${at + 1}` } },
      edges: {},
      inputs: { x: { to } },
    };
  }
  return document(
    {
      nodes: { s: { type: 'kit/number' }, a: { type: 'graph/d0', ...bypass(rng) } },
      edges: { e: { from: end('s', 'number'), to: end('a', 'x') } },
    },
    definitions,
  );
}

/** Many edges into one input, or out of one output, or into ports that are not there. */
function star(rng: Rng): object {
  const count = some(rng, 3000);
  const nodes: Record_<Node> = { hub: { type: 'kit/sum' }, source: { type: 'kit/number' } };
  const edges: Level['edges'] = {};
  const kind = rng();
  for (let k = 0; k < count; k++) {
    if (kind < 0.3) edges[`e${k}`] = { from: end('source', 'number'), to: end('hub', 'a') };
    else if (kind < 0.5) edges[`e${k}`] = { from: end('source', 'number'), to: end('hub', `p${k % 7}`) };
    else if (kind < 0.6) edges[`e${k}`] = { from: end('source', 'number'), to: end(`lost${k}`, 'a') };
    else {
      const id = name(rng, k);
      nodes[id] = { type: 'kit/sum' };
      edges[`e${k}`] = { from: end('source', 'number'), to: end(id, 'a') };
    }
  }
  return document({ nodes, edges });
}

/** A long chain, its nodes in any order, some bypassed or muted; closed to a ring now and then. */
function chain(rng: Rng): object {
  const count = some(rng, 2500);
  const order = Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = Math.floor(rng() * (k + 1));
    [order[k], order[other]] = [order[other] ?? 0, order[k] ?? 0];
  }
  const nodes: Record_<Node> = {};
  const edges: Level['edges'] = {};
  const mode = rng() < 0.2 ? 'bypass' : rng() < 0.1 ? 'mute' : undefined;
  for (const k of order) {
    nodes[`n${k}`] = {
      type: rng() < 0.02 ? 'gone/node' : 'kit/sum',
      ...(mode && rng() < 0.5 ? { mode } : {}),
    };
    if (k > 0) edges[`e${k}`] = { from: end(`n${k - 1}`, 'number'), to: end(`n${k}`, 'a') };
  }
  if (rng() < 0.3) edges['back'] = { from: end(`n${count - 1}`, 'number'), to: end('n0', 'a') };
  return document({ nodes, edges });
}

/** Diamonds one behind another: 2ⁿ ways from the first to the last node. */
function diamonds(rng: Rng): object {
  const count = some(rng, 600);
  const nodes: Record_<Node> = { n0: { type: 'kit/number' } };
  const edges: Level['edges'] = {};
  for (let k = 1; k <= count; k++) {
    nodes[`n${k}`] = { type: 'kit/sum', ...bypass(rng) };
    for (const port of ['a', 'b'])
      edges[`e${k}${port}`] = { from: end(`n${k - 1}`, 'number'), to: end(`n${k}`, port) };
  }
  return document({ nodes, edges });
}

/** Definitions that use each other in rings, straight or bypassed. */
function rings(rng: Rng): object {
  const count = some(rng, 30);
  const definitions: Record_<Level> = {};
  for (let k = 0; k < count; k++) {
    const nodes: Record_<Node> = {};
    for (let n = 0; n < some(rng, 6); n++)
      nodes[`s${n}`] = {
        type: `graph/d${Math.floor(rng() * count)}`,
        ...(rng() < 0.5 ? { mode: 'bypass' } : {}),
      };
    definitions[`d${k}`] = {
      nodes,
      edges: {},
      inputs: { x: { to: Object.keys(nodes).map((id) => end(id, 'x')) } },
      outputs: { x: { from: end('s0', 'x') } },
    };
  }
  return document(
    {
      nodes: { a: { type: 'graph/d0', ...bypass(rng) }, b: { type: 'graph/d0', mode: 'bypass' } },
      edges: {},
    },
    definitions,
  );
}

/** Sweeps that multiply, over a graph of some size. */
function sweeps(rng: Rng): object {
  const nodes: Record_<Node> = {};
  for (let k = 0; k < some(rng, 300); k++) nodes[`n${k}`] = { type: 'kit/number', params: { value: 1 } };
  const made: Record_<object> = {};
  for (let k = 0; k < some(rng, 8); k++)
    made[`s${k}`] = {
      params: Array.from({ length: some(rng, 4) }, (_, n) => ({
        node: `n${n}`,
        param: 'value',
        values: Array.from({ length: some(rng, 300) }, (_none, v) => v),
      })),
    };
  return document({ nodes, edges: {} }, {}, { sweeps: made });
}

/** Long texts, deep values, far numbers. */
function extremes(rng: Rng): object {
  const text = 'x'.repeat(some(rng, 200_000));
  let deep: unknown = 1;
  for (let k = some(rng, 200); k > 0; k--) deep = rng() < 0.5 ? [deep] : { a: deep };
  const nodes: Record_<Node & { position?: object }> = {
    a: {
      type: 'kit/number',
      title: rng() < 0.5 ? text : 'a',
      params: { value: rng() < 0.5 ? text : 1, deep },
    },
    b: { type: 'kit/sum', position: { x: 10 ** (some(rng, 308) - 1), y: -1e308 * rng() } },
  };
  return document({ nodes, edges: {} }, {}, { meta: { title: rng() < 0.3 ? text : 't', deep } });
}

const shapes = [fanOut, fanIn, star, chain, diamonds, rings, sweeps, extremes];

/** A document that grows in one of these ways. */
export function structure(rng: Rng): object {
  return (shapes[Math.floor(rng() * shapes.length)] ?? chain)(rng);
}
