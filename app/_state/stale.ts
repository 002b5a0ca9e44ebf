/** Which nodes' pictures no longer match the graph: what they were made of has changed since. */
import { getOwn } from '@/engine/types';
import type { LoomDocument } from '@/engine';

type Node = LoomDocument['nodes'][string];

/** Structural equality of JSON; the same object is told apart from nothing without a look inside. */
function sameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** What a node computes with, positions and titles left out. */
const sameNode = (a: Node, b: Node): boolean =>
  a === b ||
  (a.type === b.type &&
    a.version === b.version &&
    (a.mode ?? 'active') === (b.mode ?? 'active') &&
    sameJson(a.params, b.params));

/** The edges into each node, as `port` → `node port`. */
function edgesInto(
  document: LoomDocument,
): ReadonlyMap<string, ReadonlyMap<string, { node: string; port: string }>> {
  const into = new Map<string, Map<string, { node: string; port: string }>>();
  for (const { from, to } of Object.values(document.edges)) {
    const ports = into.get(to.node) ?? new Map<string, { node: string; port: string }>();
    ports.set(to.port, from);
    into.set(to.node, ports);
  }
  return into;
}

/**
 * Says of a node whether what it put out when `ran` was computed still holds in
 * `now`: it and everything that feeds it are as they were. Where a node stands
 * and what it is called does not matter. A node that is gone is stale.
 *
 * @example
 * const isStale = staleSince(documentOfTheRun, history.document);
 * isStale('sampler'); // true once the prompt that feeds it was edited
 */
export function staleSince(ran: LoomDocument, now: LoomDocument): (node: string) => boolean {
  if (ran === now) return () => false;
  const [before, after] = [edgesInto(ran), edgesInto(now)];
  const sameDefinitions = sameJson(ran.definitions, now.definitions);
  const known = new Map<string, boolean>();
  return (target) => {
    // Sources before what they feed, without recursion: graphs may be deep.
    const stack = [target];
    const waiting = new Set<string>();
    for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
      if (known.has(id)) {
        stack.pop();
        continue;
      }
      waiting.add(id);
      const [old, present] = [getOwn(ran.nodes, id), getOwn(now.nodes, id)];
      const [oldEdges, newEdges] = [before.get(id), after.get(id)];
      const changed =
        old === undefined ||
        present === undefined ||
        !sameNode(old, present) ||
        (present.type.startsWith('graph/') && !sameDefinitions) ||
        (oldEdges?.size ?? 0) !== (newEdges?.size ?? 0) ||
        [...(newEdges ?? [])].some(([port, from]) => {
          const was = oldEdges?.get(port);
          return was === undefined || was.node !== from.node || was.port !== from.port;
        });
      if (changed) {
        known.set(id, true);
        stack.pop();
        continue;
      }
      const sources = [...new Set([...(newEdges ?? [])].map(([, from]) => from.node))];
      // A source that waits itself closes a cycle: no run went through it.
      const open = sources.filter((source) => !known.has(source) && !waiting.has(source));
      if (open.length > 0) stack.push(...open);
      else {
        known.set(
          id,
          sources.some((source) => known.get(source) === true),
        );
        stack.pop();
      }
    }
    return known.get(target) ?? true;
  };
}
