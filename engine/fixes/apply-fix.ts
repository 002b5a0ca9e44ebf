/** Repairs, applied: one undoable edit each. */
import { z } from 'zod';
import { nodeSchema, type LoomDocument, type LoomNode } from '../document/schema';
import type { QuickFix } from '../types/diagnostics';
import type { AnyNode, NodeRegistry } from '../types/node';
import type { Endpoint } from '../graph/flat-graph';
import { freshId, levelOf, type Level } from '../graph/levels';
import { getOwn } from '../types/get-own';

type Edge = LoomDocument['edges'][string];
type Params = LoomNode['params'];

/**
 * Changes `draft` (an immer draft, or a copy of one's own) as the fix says. A
 * fix of an older state, whose wire or node is gone, does nothing.
 */
export function applyFix(draft: LoomDocument, fix: QuickFix, registry: NodeRegistry): void {
  switch (fix.kind) {
    case 'remove-edge': {
      const at = levelOf(draft, fix.edge);
      if (at) delete at.level.edges[at.id];
      return;
    }
    case 'connect':
      connect(draft, fix.from, fix.to);
      return;
    case 'rewire': {
      const at = levelOf(draft, fix.edge);
      const edge = at && getOwn(at.level.edges, at.id);
      const from = levelOf(draft, fix.from.node);
      if (edge && from && from.prefix === at.prefix) edge.from = { node: from.id, port: fix.from.port };
      return;
    }
    case 'set-param': {
      const at = levelOf(draft, fix.node);
      const node = at && getOwn(at.level.nodes, at.id);
      const value = z.json().safeParse(fix.value);
      if (node && value.success) node.params[fix.param] = value.data;
      return;
    }
    case 'replace-node': {
      const at = levelOf(draft, fix.node);
      const definition = registry.get(fix.type);
      if (at && definition) replace(at.level, at.id, definition, registry);
      return;
    }
    case 'insert':
      insert(draft, fix, registry);
  }
}

/** Draws an edge; one that stands at the input is replaced. */
function connect(draft: LoomDocument, from: Endpoint, to: Endpoint): void {
  const start = levelOf(draft, from.node);
  const end = levelOf(draft, to.node);
  if (!start || !end || start.prefix !== end.prefix) return;
  const { edges, nodes } = end.level;
  if (!getOwn(nodes, start.id) || !getOwn(nodes, end.id)) return;
  for (const [id, edge] of Object.entries(edges))
    if (edge.to.node === end.id && edge.to.port === to.port) delete edges[id];
  edges[freshId(edges, `${end.id}-${to.port}`)] = {
    from: { node: start.id, port: from.port },
    to: { node: end.id, port: to.port },
  };
}

function replace(level: Level, id: string, definition: AnyNode, registry: NodeRegistry): void {
  const node = getOwn(level.nodes, id);
  if (!node) return;
  const before = registry.get(node.type);
  node.type = definition.id;
  node.version = definition.version;
  node.params = sharedParams(node.params, definition);
  for (const [edge, { from, to }] of Object.entries(level.edges)) {
    const lost =
      (to.node === id && !Object.hasOwn(definition.inputs, to.port)) ||
      (from.node === id && !Object.hasOwn(definition.outputs, from.port));
    if (before && lost) delete level.edges[edge];
  }
}

/** The parameters that the other type takes too. */
export function sharedParams(params: Readonly<Params>, definition: AnyNode): Params {
  const shape: Readonly<Record<string, z.core.$ZodType>> = definition.params.shape;
  return Object.fromEntries(
    Object.entries(params).filter(([name, value]) => {
      const schema = getOwn(shape, name);
      return schema !== undefined && z.safeParse(schema, value).success;
    }),
  );
}

function insert(
  draft: LoomDocument,
  fix: Extract<QuickFix, { kind: 'insert' }>,
  registry: NodeRegistry,
): void {
  const at = fix.pending ? endsOfPending(draft, fix.pending) : endsOf(draft, fix.edge);
  if (!at) return;
  const { level, edge, id } = at;
  const start = getOwn(level.nodes, edge.from.node)?.position ?? { x: 0, y: 0 };
  const end = getOwn(level.nodes, edge.to.node)?.position ?? start;
  if (id !== undefined) delete level.edges[id];
  else
    for (const [other, { to }] of Object.entries(level.edges))
      if (to.node === edge.to.node && to.port === edge.to.port) delete level.edges[other];
  const addEdge = (from: Endpoint, to: Endpoint): void => {
    level.edges[freshId(level.edges, `${to.node}-${to.port}`)] = { from: { ...from }, to: { ...to } };
  };
  let from: Endpoint = { ...edge.from };
  fix.chain.forEach((link, index) => {
    const node = freshId(level.nodes, link.type.slice(link.type.lastIndexOf('/') + 1));
    const share = (index + 1) / (fix.chain.length + 1);
    const params = z.record(z.string(), z.json()).safeParse(link.params);
    level.nodes[node] = nodeSchema.parse({
      type: link.type,
      version: registry.get(link.type)?.version ?? 1,
      params: params.success ? params.data : {},
      position: { x: start.x + (end.x - start.x) * share, y: start.y + (end.y - start.y) * share },
    });
    addEdge(from, { node, port: link.input });
    for (const [port, source] of Object.entries(link.also ?? {})) {
      const there = levelOf(draft, source.node);
      if (there) addEdge({ node: there.id, port: source.port }, { node, port });
    }
    from = { node, port: link.output };
  });
  addEdge(from, edge.to);
}

function endsOf(draft: LoomDocument, path: string): { level: Level; edge: Edge; id: string } | undefined {
  const at = levelOf(draft, path);
  const edge = at && getOwn(at.level.edges, at.id);
  return edge
    ? { level: at.level, id: at.id, edge: { from: { ...edge.from }, to: { ...edge.to } } }
    : undefined;
}

function endsOfPending(
  draft: LoomDocument,
  { from, to }: { readonly from: Endpoint; readonly to: Endpoint },
): { level: Level; edge: Edge; id?: undefined } | undefined {
  const start = levelOf(draft, from.node);
  const end = levelOf(draft, to.node);
  if (!start || !end || start.prefix !== end.prefix) return undefined;
  return {
    level: end.level,
    edge: { from: { node: start.id, port: from.port }, to: { node: end.id, port: to.port } },
  };
}
