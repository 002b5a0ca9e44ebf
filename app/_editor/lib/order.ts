/** Nodes in an order in which they could run; cycles keep the document's order. */
import { getOwn } from '@/engine/types';
import type { LoomDocument } from '@/engine';

export function inOrder(document: LoomDocument): string[] {
  const waiting = new Map(Object.keys(document.nodes).map((id) => [id, 0]));
  const after = new Map<string, string[]>();
  for (const { from, to } of Object.values(document.edges)) {
    if (!waiting.has(from.node) || !waiting.has(to.node)) continue;
    waiting.set(to.node, (waiting.get(to.node) ?? 0) + 1);
    after.set(from.node, [...(after.get(from.node) ?? []), to.node]);
  }
  const byPlace = (a: string, b: string): number =>
    (getOwn(document.nodes, a)?.position.x ?? 0) - (getOwn(document.nodes, b)?.position.x ?? 0) ||
    a.localeCompare(b);
  const ready = [...waiting]
    .filter(([, count]) => count === 0)
    .map(([id]) => id)
    .toSorted(byPlace);
  const order: string[] = [];
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    order.push(next);
    waiting.delete(next);
    for (const id of after.get(next) ?? []) {
      const left = (waiting.get(id) ?? 0) - 1;
      waiting.set(id, left);
      if (left === 0) {
        ready.push(id);
        ready.sort(byPlace);
      }
    }
  }
  return [...order, ...waiting.keys()];
}
