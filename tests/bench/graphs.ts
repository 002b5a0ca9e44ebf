/** Graphs of any size for the engine's benchmarks, and single edits of them. */
import { parseDocument, type LoomDocument } from '@/engine';

/**
 * Text-to-image graphs side by side, 9 nodes each (package, two prompts, U-Net,
 * noise, sampler, decoder, resize, output), all different, `size` nodes in all.
 */
export function sideBySide(size: number): LoomDocument {
  const nodes: Record<string, unknown> = {};
  const edges: Record<string, unknown> = {};
  const kinds: readonly [string, string, Record<string, string>][] = [
    ['package', 'kit/package', {}],
    ['prompt', 'kit/text', { conditioner: 'package.conditioner' }],
    ['negative', 'kit/text', { conditioner: 'package.conditioner' }],
    [
      'unet',
      'kit/unet',
      { unet: 'package.unet', positive: 'prompt.conditioning', negative: 'negative.conditioning' },
    ],
    ['noise', 'kit/noise', { unet: 'package.unet' }],
    ['sampler', 'kit/sampler', { denoiser: 'unet.denoiser', noise: 'noise.noise' }],
    ['decode', 'kit/decode', { firstStage: 'package.firstStage', latent: 'sampler.latent' }],
    ['resize', 'kit/resize', { image: 'decode.image' }],
    ['image', 'kit/output', { image: 'resize.image' }],
  ];
  for (let index = 0; Object.keys(nodes).length < size; index++) {
    for (const [name, type, inputs] of kinds) {
      if (Object.keys(nodes).length >= size) break;
      nodes[`${name}${index}`] = { type, params: { tag: `${name}${index}` }, position: { x: index, y: 0 } };
      for (const [port, from] of Object.entries(inputs)) {
        const [node, output] = from.split('.');
        edges[`${name}${index}-${port}`] = {
          from: { node: `${node}${index}`, port: output },
          to: { node: `${name}${index}`, port },
        };
      }
    }
  }
  return parseDocument({ format: 'latent-loom', version: 1, nodes, edges }).document;
}

/** A chain of sums: nothing to do but the executor's own work. */
export function chain(length: number): LoomDocument {
  const nodes: Record<string, unknown> = { n0: { type: 'kit/clock' } };
  const edges: Record<string, unknown> = {};
  for (let k = 1; k < length; k++) {
    nodes[`n${k}`] = { type: 'kit/sum', params: { plus: k } };
    edges[`e${k}`] = { from: { node: `n${k - 1}`, port: 'number' }, to: { node: `n${k}`, port: 'a' } };
  }
  return parseDocument({ format: 'latent-loom', version: 1, nodes, edges }).document;
}

/** A chain of sums half as long as `size`, the other half hanging on its end. */
function chainAndHub(size: number): LoomDocument {
  const nodes: Record<string, unknown> = { n0: { type: 'kit/clock' } };
  const edges: Record<string, unknown> = {};
  const hub = Math.floor(size / 2);
  for (let k = 1; k < size; k++) {
    nodes[`n${k}`] = { type: 'kit/sum', params: { plus: k } };
    edges[`e${k}`] = {
      from: { node: `n${Math.min(k - 1, hub)}`, port: 'number' },
      to: { node: `n${k}`, port: 'a' },
    };
  }
  return parseDocument({ format: 'latent-loom', version: 1, nodes, edges }).document;
}

/** The graphs side by side, a parameter of every node of the wrong type. */
export function brokenEverywhere(size: number): LoomDocument {
  const document = sideBySide(size);
  const nodes = Object.entries(document.nodes).map(([id, node]) => [
    id,
    { ...node, params: { ...node.params, tag: 1 } },
  ]);
  return { ...document, nodes: Object.fromEntries(nodes) };
}

export interface Edit {
  readonly name: string;
  readonly before: LoomDocument;
  /** Several states after it, so that nothing is remembered by identity. */
  readonly after: readonly LoomDocument[];
}

/** Every kind of single edit: at the graph's edge, in the middle of a chain, at a node that half of the graph hangs on, and of what all hang on. */
export function edits(document: LoomDocument): Edit[] {
  const size = Object.keys(document.nodes).length;
  const hubs = chainAndHub(size);
  const hub = `n${Math.floor(size / 2)}`;
  const inner = `n${Math.floor(size / 4)}`;
  const muted = withNode(hubs, 'n1', { mode: 'mute' });
  const many = (before: LoomDocument, name: string, make: (turn: number) => LoomDocument): Edit => ({
    name,
    before,
    after: Array.from({ length: 120 }, (_, turn) => make(turn)),
  });
  const wire = (from: string, to: string, [out, into]: readonly [string, string]) => ({
    from: { node: from, port: out },
    to: { node: to, port: into },
  });
  const spare = `e${Math.floor(size / 4)}`;
  return [
    many(document, 'a parameter', (turn) =>
      withNode(document, 'prompt0', { params: { text: `edit ${turn}`, tag: 'prompt0' } }),
    ),
    many(document, 'a node moved', (turn) => withNode(document, 'prompt0', { position: { x: turn, y: 0 } })),
    many(document, 'a node muted', () => withNode(document, 'prompt0', { mode: 'mute' })),
    many(document, 'a wire drawn', (turn) => ({
      ...document,
      edges: { ...document.edges, [`new${turn}`]: wire('noise0', 'sampler0', ['noise', 'noise']) },
    })),
    many(document, 'a wire moved', () => ({
      ...document,
      edges: {
        ...document.edges,
        'unet0-positive': wire('negative0', 'unet0', ['conditioning', 'positive']),
      },
    })),
    many(document, 'a wire removed', () => ({ ...document, edges: without(document.edges, 'noise0-unet') })),
    many(document, 'a node added', (turn) => ({
      ...document,
      nodes: {
        ...document.nodes,
        [`new${turn}`]: {
          type: 'kit/text',
          version: 1,
          params: { tag: `new${turn}` },
          position: { x: 0, y: 0 },
        },
      },
    })),
    many(document, 'a node removed with its wires', () => withoutNode(document, 'prompt0')),
    many(hubs, 'a parameter of a node that half of them hang on', (turn) =>
      withNode(hubs, hub, { params: { plus: -turn } }),
    ),
    many(hubs, 'a wire drawn within a chain', (turn) => ({
      ...hubs,
      edges: { ...hubs.edges, [`new${turn}`]: wire('n1', inner, ['number', 'b']) },
    })),
    many(hubs, 'a wire removed within a chain', () => ({ ...hubs, edges: without(hubs.edges, spare) })),
    many(hubs, 'a node removed within a chain', () => withoutNode(hubs, inner)),
    many(hubs, 'a node removed that half of them hang on', () => withoutNode(hubs, hub)),
    many(muted, 'what mutes all switched on again', () => withNode(muted, 'n1', { mode: 'active' })),
  ];
}

function withNode(
  document: LoomDocument,
  id: string,
  change: Partial<LoomDocument['nodes'][string]>,
): LoomDocument {
  const node = document.nodes[id];
  if (!node) throw new Error(`no node ${id}`);
  return { ...document, nodes: { ...document.nodes, [id]: { ...node, ...change } } };
}

function without<T>(record: Readonly<Record<string, T>>, id: string): Record<string, T> {
  const { [id]: gone, ...rest } = record;
  if (gone === undefined) throw new Error(`no entry ${id}`);
  return rest;
}

const withoutNode = (document: LoomDocument, id: string): LoomDocument => ({
  ...document,
  nodes: without(document.nodes, id),
  edges: Object.fromEntries(
    Object.entries(document.edges).filter(([, { from, to }]) => from.node !== id && to.node !== id),
  ),
});
