/** Drawing an edge in a document. */
import type { LoomDocument } from '../document/schema';
import { freshId } from '../document/fresh-id';
import { getOwn } from '../types/get-own';
import type { Endpoint } from './flat-graph';
import { levelOf } from './levels';

/** The two ends of an edge; nodes inside sub-graphs are named by path. */
export interface EdgeEnds {
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/**
 * Draws an edge in `draft` (an immer draft, or a copy of one's own). An input takes one edge, so an older one gives
 * way. Does nothing where a node is missing or the two lie in different graphs.
 * @returns the edge's id in its own graph, if one was drawn
 */
export function connect(draft: LoomDocument, from: Endpoint, to: Endpoint): string | undefined {
  const start = levelOf(draft, from.node);
  const end = levelOf(draft, to.node);
  if (!start || !end || start.prefix !== end.prefix) return undefined;
  const { edges, nodes } = end.level;
  if (!getOwn(nodes, start.id) || !getOwn(nodes, end.id)) return undefined;
  for (const [id, edge] of Object.entries(edges))
    if (edge.to.node === end.id && edge.to.port === to.port) delete edges[id];
  const id = freshId(edges, `${start.id}.${from.port}-${end.id}.${to.port}`);
  edges[id] = { from: { node: start.id, port: from.port }, to: { node: end.id, port: to.port } };
  return id;
}
