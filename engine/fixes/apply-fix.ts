/** Repairs, applied: one undoable edit each. */
import { z } from 'zod';
import { nodeSchema, type LoomDocument, type LoomNode } from '../document/schema';
import type { QuickFix } from '../types/diagnostics';
import type { AnyNode, NodeRegistry } from '../types/node';
import { freshId } from '../document/fresh-id';
import { connect, type EdgeEnds } from '../graph/connect';
import type { Endpoint } from '../graph/flat-graph';
import { levelOf, type Level } from '../graph/levels';
import { getOwn } from '../types/get-own';

type Edge = LoomDocument['edges'][string];
type Params = LoomNode['params'];

/** What a fix does with the pending edge that it was offered for. */
const withPending: Readonly<Record<QuickFix['kind'], 'drawn after' | 'replaced'>> = {
  'remove-edge': 'drawn after',
  'remove-edges': 'drawn after',
  'set-param': 'drawn after',
  'replace-node': 'drawn after',
  rewire: 'drawn after',
  // The nodes stand between its ends; the input is fed from elsewhere.
  insert: 'replaced',
  connect: 'replaced',
};

/**
 * Changes `draft` (an immer draft, or a copy of one's own) as the fix says, and draws the pending edge that it was
 * offered for. A fix of an older state, whose edge or node is gone, does nothing.
 * @param pending the ends of the edge that `checkConnection` refused, as given to `fixesFor`
 *
 * @example One click on a refused edge.
 * ```ts
 * const check = checkConnection(inference, from, to);
 * if (!check.ok) {
 *   const [fix] = fixesFor(check.diagnostic, inference, { from, to });
 *   if (fix) history.edit('fix', (draft) => applyFix(draft, fix, registry, { from, to }));
 * }
 * ```
 */
export function applyFix(
  draft: LoomDocument,
  fix: QuickFix,
  registry: NodeRegistry,
  pending?: EdgeEnds,
): void {
  change(draft, fix, registry, pending);
  if (pending && withPending[fix.kind] === 'drawn after') connect(draft, pending.from, pending.to);
}

function change(
  draft: LoomDocument,
  fix: QuickFix,
  registry: NodeRegistry,
  pending: EdgeEnds | undefined,
): void {
  switch (fix.kind) {
    case 'remove-edge':
      removeEdge(draft, fix.edge);
      return;
    case 'remove-edges':
      for (const edge of fix.edges) removeEdge(draft, edge);
      return;
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
      insert(draft, fix, registry, pending);
  }
}

function removeEdge(draft: LoomDocument, path: string): void {
  const at = levelOf(draft, path);
  if (at) delete at.level.edges[at.id];
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
  pending: EdgeEnds | undefined,
): void {
  const at = pending ? endsOfPending(draft, pending) : endsOf(draft, fix.edge);
  if (!at) return;
  const { level, edge, id } = at;
  const start = getOwn(level.nodes, edge.from.node)?.position ?? { x: 0, y: 0 };
  const end = getOwn(level.nodes, edge.to.node)?.position ?? start;
  if (id !== undefined) delete level.edges[id];
  else
    for (const [other, { to }] of Object.entries(level.edges))
      if (to.node === edge.to.node && to.port === edge.to.port) delete level.edges[other];
  const addEdge = (from: Endpoint, to: Endpoint): void => {
    const name = freshId(level.edges, `${from.node}.${from.port}-${to.node}.${to.port}`);
    level.edges[name] = { from: { ...from }, to: { ...to } };
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
  { from, to }: EdgeEnds,
): { level: Level; edge: Edge; id?: undefined } | undefined {
  const start = levelOf(draft, from.node);
  const end = levelOf(draft, to.node);
  if (!start || !end || start.prefix !== end.prefix) return undefined;
  return {
    level: end.level,
    edge: { from: { node: start.id, port: from.port }, to: { node: end.id, port: to.port } },
  };
}
