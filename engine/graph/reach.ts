/** Who feeds whom. */
import type { Inference } from './inference';

/** Whether `from` feeds `to` along any number of wires, or is it. */
export function leadsTo(inference: Pick<Inference, 'graph'>, from: string, to: string): boolean {
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
