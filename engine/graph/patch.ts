/** The unfolded graph after an edit, made from the one before it: what `flatten` would give, at the cost of the edit. */
import { getOwn } from '../types/get-own';
import { definitionOf, type LoomDocument, type LoomEdge, type LoomNode } from '../document/schema';
import type { NodeRegistry } from '../types/node';
import type { FlatEdge, FlatGraph } from './flat-graph';
import { unfoldEdge } from './flatten';
import { unfoldingOf } from '../document/unfolding';
import { changesOf } from './record-changes';
import { orderOf } from './topology';

export interface Patched {
  readonly graph: FlatGraph;
  /** Nodes whose own result may differ from the old one. */
  readonly dirty: Set<string>;
}

/** With more changed edges than this, unfolding anew costs no more. */
const maxEdges = 256;

/**
 * The graph of `after`, given that of `before`. Undefined when the edit is of a sort
 * that is left to `flatten`: in a sub-graph or at an instance (moving one is not),
 * across a cycle or a loose wire, or about everything at once.
 */
export function patch(
  old: FlatGraph,
  before: LoomDocument,
  after: LoomDocument,
  registry: NodeRegistry,
): Patched | undefined {
  if (before.definitions !== after.definitions) return undefined;
  const dirty = new Set<string>();
  const changed = changesOf(before.nodes, after.nodes);
  const connections = changesOf(before.edges, after.edges);
  if (!changed || !connections) return undefined;
  const isInstance = ({ type }: LoomNode): boolean =>
    definitionOf(type) !== undefined && registry.get(type) === undefined;
  const retyped: string[] = [];
  let { nodes } = old;
  const contents = new Map<string, LoomNode>();
  for (const id of [...changed.added, ...changed.changed]) {
    const [was, node] = [getOwn(before.nodes, id), getOwn(after.nodes, id)];
    if (!node) return undefined;
    const same = was !== undefined && sameWork(was, node);
    if (!same && (isInstance(node) || (was && isInstance(was)))) return undefined;
    if (!same) dirty.add(id);
    if (was && was.type !== node.type) retyped.push(id);
    if (!old.instances.has(id)) contents.set(id, node);
  }
  for (const id of changed.removed) if (old.instances.has(id)) return undefined;
  const sameIds = changed.added.length === 0 && changed.removed.length === 0;
  if (!sameIds) nodes = orderedNodes(old, after);
  else if (contents.size > 0) {
    const copy = new Map(nodes);
    for (const [id, node] of contents) copy.set(id, node);
    nodes = copy;
  }
  let graph: FlatGraph = nodes === old.nodes ? old : { ...old, nodes };
  const touched = connections.added.length + connections.changed.length + connections.removed.length;
  if (touched > 0 || !sameIds) {
    // Which wire is cut, and what is loose, only the whole graph tells.
    if (touched > maxEdges || old.cut.size > 0 || old.diagnostics.length > 0) return undefined;
    if (unfoldingOf(after).excess !== undefined) return undefined;
    const lists = rewired(old, before, after, connections, dirty);
    const isLoose = (id: string): boolean =>
      (lists?.incoming.get(id) ?? lists?.outgoing.get(id) ?? []).length > 0;
    if (!lists || changed.removed.some(isLoose)) return undefined;
    for (const id of changed.removed) dirty.delete(id);
    const order = orderOf(nodes, lists.incoming, lists.outgoing);
    if (order.length !== nodes.size) return undefined;
    graph = { ...graph, ...lists, order };
  }
  for (const id of retyped) for (const { to } of graph.outgoing.get(id) ?? []) dirty.add(to.node);
  return { graph, dirty };
}

/** Whether two states of a node compute the same, given the same edges. */
export const sameWork = (a: LoomNode, b: LoomNode): boolean =>
  a.params === b.params && a.type === b.type && a.version === b.version && a.mode === b.mode;

/** The nodes in the order in which `flatten` meets them; those inside instances are as they were. */
function orderedNodes(old: FlatGraph, { nodes: top }: LoomDocument): Map<string, LoomNode> {
  const inside = new Map<string, [string, LoomNode][]>();
  if (old.instances.size > 0)
    for (const entry of old.nodes) {
      const [path] = entry;
      const end = path.indexOf('/');
      if (end < 0) continue;
      const instance = path.slice(0, end);
      const entries = inside.get(instance);
      if (entries) entries.push(entry);
      else inside.set(instance, [entry]);
    }
  const nodes = new Map<string, LoomNode>();
  for (const id of Object.keys(top)) {
    const node = top[id];
    if (old.instances.has(id)) for (const [path, inner] of inside.get(id) ?? []) nodes.set(path, inner);
    else if (node) nodes.set(id, node);
  }
  return nodes;
}

type Lists = Pick<FlatGraph, 'incoming' | 'outgoing'>;

/** The edges by node after the edit; undefined when one ends nowhere. Adds the nodes whose inputs were rewired to `dirty`. */
function rewired(
  old: FlatGraph,
  before: LoomDocument,
  after: LoomDocument,
  connections: NonNullable<ReturnType<typeof changesOf<LoomEdge>>>,
  dirty: Set<string>,
): Lists | undefined {
  const incoming = new Map(old.incoming);
  const outgoing = new Map(old.outgoing);
  const grown = new Set<FlatEdge[]>();
  const edit = (
    map: Map<string, readonly FlatEdge[]>,
    node: string,
    change: (list: readonly FlatEdge[]) => FlatEdge[],
  ): FlatEdge[] => {
    const list = change(map.get(node) ?? []);
    if (list.length > 0) map.set(node, list);
    else map.delete(node);
    return list;
  };
  const unfold = (document: LoomDocument, id: string): readonly FlatEdge[] | undefined => {
    const edge = getOwn(document.edges, id);
    const isThere = (node: string): boolean => Object.hasOwn(document.nodes, node);
    if (!edge || !isThere(edge.from.node) || !isThere(edge.to.node)) return undefined;
    return unfoldEdge(id, edge, old.instances);
  };
  for (const id of [...connections.removed, ...connections.changed])
    for (const { id: path, from, to } of unfold(before, id) ?? []) {
      const without = (list: readonly FlatEdge[]) => list.filter((other) => other.id !== path);
      edit(incoming, to.node, without);
      edit(outgoing, from.node, without);
      dirty.add(to.node);
    }
  for (const id of [...connections.changed, ...connections.added]) {
    const made = unfold(after, id);
    if (!made) return undefined;
    for (const edge of made) {
      grown.add(edit(incoming, edge.to.node, (list) => [...list, edge]));
      grown.add(edit(outgoing, edge.from.node, (list) => [...list, edge]));
      dirty.add(edge.to.node);
    }
  }
  if (grown.size > 0) sortAsDocument(grown, after);
  return { incoming, outgoing };
}

/** Edges of one node stand in the order of the document, after those that come from inside instances. */
function sortAsDocument(lists: Iterable<FlatEdge[]>, { edges }: LoomDocument): void {
  const place = new Map<string, number>();
  const placeOf = ({ id }: FlatEdge): number => {
    if (place.size === 0) Object.keys(edges).forEach((key, index) => place.set(key, index));
    const end = id.indexOf('#');
    return id.includes('/') ? -1 : (place.get(end < 0 ? id : id.slice(0, end)) ?? -1);
  };
  for (const list of lists) if (list.length > 1) list.sort((a, b) => placeOf(a) - placeOf(b));
}
