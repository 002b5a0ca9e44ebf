/** Order of a graph and the edges that close its cycles. */
import type { LoomNode } from '../document/schema';
import type { FlatEdge } from './flat-graph';

export interface Topology {
  readonly incoming: ReadonlyMap<string, readonly FlatEdge[]>;
  readonly outgoing: ReadonlyMap<string, readonly FlatEdge[]>;
  readonly order: readonly string[];
  readonly cut: ReadonlySet<string>;
}

/**
 * O(nodes + edges) without cycles. Of each cycle one edge is cut: the first that a depth-first walk finds to lead back,
 * nodes and edges taken by their ids, so that the order of records in a file blames nobody.
 */
export function topology(nodes: ReadonlyMap<string, LoomNode>, edges: readonly FlatEdge[]): Topology {
  const incoming = new Map<string, FlatEdge[]>();
  const outgoing = new Map<string, FlatEdge[]>();
  for (const edge of edges) {
    push(incoming, edge.to.node, edge);
    push(outgoing, edge.from.node, edge);
  }
  const order = orderOf(nodes, incoming, outgoing);
  if (order.length === nodes.size) return { incoming, outgoing, order, cut: new Set() };
  const cut = backEdges(nodes, new Set(order), outgoing);
  return { incoming, outgoing, order: orderOf(nodes, incoming, outgoing, cut), cut };
}

/** Ids in an order that no file's order of records changes. */
export const compareIds = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function push(map: Map<string, FlatEdge[]>, key: string, edge: FlatEdge): void {
  const list = map.get(key);
  if (list) list.push(edge);
  else map.set(key, [edge]);
}

/** Nodes after those that feed them (Kahn 1962); nodes on uncut cycles, and after them, are left out. */
export function orderOf(
  nodes: ReadonlyMap<string, LoomNode>,
  incoming: ReadonlyMap<string, readonly FlatEdge[]>,
  outgoing: ReadonlyMap<string, readonly FlatEdge[]>,
  cut?: ReadonlySet<string>,
): string[] {
  const waiting = new Map<string, number>();
  const order: string[] = [];
  for (const id of nodes.keys()) {
    let count = 0;
    for (const edge of incoming.get(id) ?? []) if (!cut?.has(edge.id)) count++;
    if (count === 0) order.push(id);
    else waiting.set(id, count);
  }
  // oxlint-disable-next-line typescript/prefer-for-of -- the list grows while it is walked
  for (let at = 0; at < order.length; at++) {
    for (const edge of outgoing.get(order[at] ?? '') ?? []) {
      if (cut?.has(edge.id)) continue;
      const left = (waiting.get(edge.to.node) ?? 0) - 1;
      waiting.set(edge.to.node, left);
      if (left === 0) order.push(edge.to.node);
    }
  }
  return order;
}

/** Edges that lead back to a node on the current path of a depth-first walk. Iterative: chains are long. */
function backEdges(
  nodes: ReadonlyMap<string, LoomNode>,
  acyclic: ReadonlySet<string>,
  outgoing: ReadonlyMap<string, readonly FlatEdge[]>,
): Set<string> {
  const cut = new Set<string>();
  const state = new Map<string, 'open' | 'done'>();
  const frame = (id: string): { id: string; edges: readonly FlatEdge[]; next: number } => ({
    id,
    edges: (outgoing.get(id) ?? []).toSorted((a, b) => compareIds(a.id, b.id)),
    next: 0,
  });
  for (const root of [...nodes.keys()].filter((id) => !acyclic.has(id)).sort(compareIds)) {
    if (state.has(root)) continue;
    const stack = [frame(root)];
    state.set(root, 'open');
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const edge = top.edges[top.next++];
      if (!edge) {
        state.set(top.id, 'done');
        stack.pop();
      } else if (state.get(edge.to.node) === 'open') {
        cut.add(edge.id);
      } else if (!state.has(edge.to.node)) {
        state.set(edge.to.node, 'open');
        stack.push(frame(edge.to.node));
      }
    }
  }
  return cut;
}
