/** Random graphs of kit nodes, and random edits of them, for property tests. */
import * as fc from 'fast-check';
import { documentSchema, type LoomDocument } from '@/engine';
import { kit } from './kit-nodes';

const types = kit.all().map(({ id }) => id);
const ports = (type: string, side: 'inputs' | 'outputs'): readonly string[] =>
  Object.keys(kit.get(type)?.[side] ?? {});

const params = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  fc.record(
    {
      value: fc.integer({ min: 0, max: 3 }),
      plus: fc.integer({ min: 0, max: 2 }),
      on: fc.boolean(),
      both: fc.boolean(),
      height: fc.constantFrom(8, 16, 250, -1),
      width: fc.constantFrom(8, 16),
      unknown: fc.boolean(),
      package: fc.constantFrom('kl', 'kl-2', 'vq', 'classes', 'lost'),
      text: fc.constantFrom('', 'a'),
    },
    { requiredKeys: [] },
  ),
);
const node = fc.record({
  type: fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...types) },
    fc.constantFrom('gone/node', 'graph/d', 'graph/none'),
  ),
  version: fc.constantFrom(1, 1, 1, 2, 7),
  params,
  mode: fc.constantFrom('active', 'active', 'active', 'active', 'bypass', 'mute'),
});
type NodeShape = typeof node extends fc.Arbitrary<infer T> ? T : never;

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'valueOf', 'toString', 'hasOwnProperty'];

/** An edge between random ports of random nodes: often one that exists, sometimes nonsense. */
function connection(
  nodes: Readonly<Record<string, NodeShape>>,
): fc.Arbitrary<{ from: { node: string; port: string }; to: { node: string; port: string } }> {
  const names = Object.keys(nodes);
  const end = (side: 'inputs' | 'outputs') =>
    fc.constantFrom(...names, 'nowhere').chain((name) => {
      const known = ports(nodes[name]?.type ?? '', side);
      return fc.record({
        node: fc.constant(name),
        port: fc.constantFrom(
          ...(known.length > 0 ? known : ['x']),
          ...(known.length > 2 ? [] : ['x', 'toString']),
        ),
      });
    });
  return fc.record({ from: end('outputs'), to: end('inputs') });
}

/** Any graph: cycles, loose ends and all. `graph/d` is an instance of one definition. */
export const anyDocument: fc.Arbitrary<LoomDocument> = fc
  .uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: 8 })
  .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, node]))))
  .chain((nodes) =>
    fc.array(connection(nodes), { maxLength: 14 }).map((connections) => ({
      nodes,
      edges: Object.fromEntries(connections.map((edge, index) => [`w${index}`, edge])),
    })),
  )
  .map(({ nodes, edges }) =>
    documentSchema.parse({ format: 'latent-loom', version: 1, nodes, edges, definitions: { d: definition } }),
  );

const definition = {
  title: 'Plus one',
  nodes: { in: { type: 'kit/sum', params: { plus: 1 } }, paint: { type: 'kit/paint' } },
  edges: { e: { from: { node: 'in', port: 'number' }, to: { node: 'paint', port: 'number' } } },
  inputs: { x: { to: [{ node: 'in', port: 'a' }] } },
  outputs: { x: { from: { node: 'in', port: 'number' } }, image: { from: { node: 'paint', port: 'image' } } },
  params: { plus: { node: 'in', param: 'plus' } },
};

/** A document whose edges all fit, mostly: each input takes an output of its kind from an earlier node. */
export const runnableDocument: fc.Arbitrary<LoomDocument> = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'kit/number',
        'kit/sum',
        'kit/paint',
        'kit/switch',
        'kit/show',
        'kit/output',
        'kit/clock',
        'kit/resize',
        'kit/image',
        'graph/d',
      ),
      params,
      fc.array(fc.nat(50), { minLength: 4, maxLength: 4 }),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((list) => {
    const nodes: Record<string, unknown> = {};
    const edges: Record<string, unknown> = {};
    const made: { node: string; port: string; kind: string }[] = [];
    list.forEach(([type, values, picks], index) => {
      const name = `n${index}`;
      nodes[name] = { type, params: values };
      const inputs: [string, string][] =
        type === 'graph/d'
          ? [['x', 'number']]
          : Object.entries(kit.get(type)?.inputs ?? {}).map(([port, { type: of }]) => [port, of.kind]);
      inputs.forEach(([port, kind], at) => {
        const fitting = made.filter((source) => source.kind === kind);
        const source = fitting[(picks[at] ?? 0) % Math.max(1, fitting.length)];
        if (source)
          edges[`${name}.${port}`.replace('.', '-')] = {
            from: { node: source.node, port: source.port },
            to: { node: name, port },
          };
      });
      const outputs: [string, string][] =
        type === 'graph/d'
          ? [
              ['x', 'number'],
              ['image', 'image'],
            ]
          : Object.entries(kit.get(type)?.outputs ?? {}).map(([port, { type: of }]) => [port, of.kind]);
      for (const [port, kind] of outputs) made.push({ node: name, port, kind });
    });
    return documentSchema.parse({
      format: 'latent-loom',
      version: 1,
      nodes,
      edges,
      definitions: { d: definition },
    });
  });

/** One edit of a document, as an editor makes it: untouched records keep their identity. */
export const anyEdit: fc.Arbitrary<(document: LoomDocument) => LoomDocument> = fc.oneof(
  fc.tuple(fc.nat(), params).map(([pick, values]) => changeNode(pick, (old) => ({ ...old, params: values }))),
  fc
    .tuple(fc.nat(), fc.constantFrom('active', 'bypass', 'mute'))
    .map(([pick, mode]) => changeNode(pick, (old) => ({ ...old, mode }))),
  fc
    .tuple(fc.nat(), fc.constantFrom(...types, 'graph/d'))
    .map(([pick, type]) => changeNode(pick, (old) => ({ ...old, type }))),
  fc.nat(1e9).map((pick) => changeNode(pick, (old) => ({ ...old, position: { x: pick, y: 0 } }))),
  fc.nat().map((pick) => (document: LoomDocument) => {
    const id = at(Object.keys(document.edges), pick);
    return id === undefined
      ? document
      : {
          ...document,
          edges: Object.fromEntries(Object.entries(document.edges).filter(([other]) => other !== id)),
        };
  }),
  fc.nat().map((pick) => (document: LoomDocument) => {
    const id = at(Object.keys(document.nodes), pick);
    return id === undefined
      ? document
      : {
          ...document,
          nodes: Object.fromEntries(Object.entries(document.nodes).filter(([other]) => other !== id)),
        };
  }),
  fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()).map(([a, b, c, d]) => (document: LoomDocument) => {
    const from = at(Object.keys(document.nodes), a);
    const to = at(Object.keys(document.nodes), b);
    if (from === undefined || to === undefined) return document;
    const out = at(ports(document.nodes[from]?.type ?? '', 'outputs'), c) ?? 'x';
    const into = at(ports(document.nodes[to]?.type ?? '', 'inputs'), d) ?? 'x';
    return {
      ...document,
      edges: {
        ...document.edges,
        [`new${a}-${b}`]: { from: { node: from, port: out }, to: { node: to, port: into } },
      },
    };
  }),
  fc
    .tuple(fc.nat(3), fc.constantFrom(...types, 'graph/d'), params)
    .map(([pick, type, values]) => (document: LoomDocument) => {
      const more = documentSchema.shape.nodes.parse({ [`more${pick}`]: { type, params: values } });
      return { ...document, nodes: { ...document.nodes, ...more } };
    }),
  // As undo does it: a record that was taken away comes back where it stood, in the middle.
  fc
    .tuple(fc.nat(), fc.nat(), fc.constantFrom('nodes', 'edges'))
    .map(([pick, other, what]) => (document: LoomDocument) => ({
      ...document,
      [what]: what === 'nodes' ? moved(document.nodes, pick, other) : moved(document.edges, pick, other),
    })),
  // An edge moved to other ends under its own id.
  fc.tuple(fc.nat(), fc.nat()).map(([pick, other]) => (document: LoomDocument) => {
    const id = at(Object.keys(document.edges), pick);
    const [edge, from] = [
      document.edges[id ?? ''],
      document.edges[at(Object.keys(document.edges), other) ?? ''],
    ];
    if (id === undefined || !edge || !from) return document;
    return { ...document, edges: { ...document.edges, [id]: { from: from.from, to: edge.to } } };
  }),
  fc.integer({ min: 0, max: 3 }).map((plus) => (document: LoomDocument) => {
    const d = document.definitions.d;
    const inner = d?.nodes.in;
    if (!d || !inner) return document;
    return {
      ...document,
      definitions: { d: { ...d, nodes: { ...d.nodes, in: { ...inner, params: { plus } } } } },
    };
  }),
);

type LoomNode = LoomDocument['nodes'][string];
const at = (list: readonly string[], pick: number): string | undefined =>
  list[pick % Math.max(1, list.length)];
/** The record with one entry at another place. */
function moved<T>(record: Readonly<Record<string, T>>, pick: number, to: number): Record<string, T> {
  const entries = Object.entries(record);
  const taken = entries.splice(pick % Math.max(1, entries.length), 1);
  entries.splice(to % (entries.length + 1), 0, ...taken);
  return Object.fromEntries(entries);
}
const changeNode =
  (pick: number, change: (old: LoomNode) => unknown) =>
  (document: LoomDocument): LoomDocument => {
    const id = at(Object.keys(document.nodes), pick);
    const old = id === undefined ? undefined : document.nodes[id];
    if (id === undefined || !old) return document;
    const nodes = documentSchema.shape.nodes.parse({ [id]: change(old) });
    const changed = nodes[id];
    return changed ? { ...document, nodes: { ...document.nodes, [id]: { ...old, ...changed } } } : document;
  };
