'use client';
import type { LoomDocument } from '@/engine';
import { useNodeState } from '../../_state/node-channel';

type Edges = LoomDocument['edges'];
type Ports = ReadonlyMap<string, ReadonlySet<string>>;

const indices = new WeakMap<Edges, { readonly in: Ports; readonly out: Ports }>();

/** The connected ports of every node, gathered once for each set of edges: every node on the canvas asks after every edit. */
export function connectedPorts(edges: Edges): { readonly in: Ports; readonly out: Ports } {
  const known = indices.get(edges);
  if (known !== undefined) return known;
  const found = { in: new Map<string, Set<string>>(), out: new Map<string, Set<string>>() };
  const note = (ports: Map<string, Set<string>>, { node, port }: { node: string; port: string }): void => {
    const before = ports.get(node);
    if (before === undefined) ports.set(node, new Set([port]));
    else before.add(port);
  };
  for (const { from, to } of Object.values(edges)) {
    note(found.out, from);
    note(found.in, to);
  }
  indices.set(edges, found);
  return found;
}

/** Ports that edges name although the definition has none such: kept visible, so that nothing is lost. */
export function useUnknownPorts(id: string, side: 'in' | 'out', known: readonly string[]): readonly string[] {
  const joined = useNodeState(id, ({ document }) =>
    [...(connectedPorts(document.edges)[side].get(id) ?? [])]
      .filter((port) => !known.includes(port))
      .toSorted()
      .join('\n'),
  );
  return joined === '' ? [] : joined.split('\n');
}
