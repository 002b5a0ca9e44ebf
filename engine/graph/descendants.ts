/** Who feeds whom. */
import type { FlatGraph } from './flat-graph';

/** Whether `from` feeds `to` along any number of edges, or is it. */
export function isAncestor(
  inference: { readonly graph: Pick<FlatGraph, 'outgoing'> },
  from: string,
  to: string,
): boolean {
  const seen = new Set([from]);
  const stack = [from];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node === to) return true;
    for (const edge of inference.graph.outgoing.get(node) ?? []) {
      if (seen.has(edge.to.node)) continue;
      seen.add(edge.to.node);
      stack.push(edge.to.node);
    }
  }
  return false;
}

const remembered = new WeakMap<object, Map<string, ReadonlySet<string>>>();

/** Everything that `node` feeds, itself too. Remembered for the graph: fixes ask again and again. */
export function descendantsOf(
  { graph }: { readonly graph: Pick<FlatGraph, 'outgoing'> },
  node: string,
): ReadonlySet<string> {
  let known = remembered.get(graph);
  if (!known) remembered.set(graph, (known = new Map()));
  let reached = known.get(node);
  if (!reached) {
    const found = new Set([node]);
    // A set is walked in the order of insertion, what is added meanwhile too.
    for (const id of found) for (const { to } of graph.outgoing.get(id) ?? []) found.add(to.node);
    known.set(node, (reached = found));
  }
  return reached;
}
