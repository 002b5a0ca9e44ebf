/** A set of nodes as the engine takes it. */
import { LoomError } from './error';
import type { AnyNode, NodeRegistry } from './node';

/**
 * The registry of these nodes, by id. Build one for an engine that knows other nodes than ours.
 *
 * @example
 * ```ts
 * import { createRegistry, defineNode } from 'latent-loom/engine';
 * import { registry as library } from 'latent-loom/nodes';
 *
 * const registry = createRegistry([...library.all(), invert]); // `invert`: made with defineNode
 * const inference = infer({ document, registry, catalog });
 * ```
 * @throws LoomError `bad-input` when two nodes have the same id
 */
export function createRegistry(nodes: Iterable<AnyNode>): NodeRegistry {
  const byId = new Map<string, AnyNode>();
  for (const node of nodes) {
    if (byId.has(node.id))
      throw new LoomError(
        'bad-input',
        `Two nodes have the id "${node.id}".`,
        {},
        { details: { id: node.id } },
      );
    byId.set(node.id, node);
  }
  const all = [...byId.values()];
  return { get: (id) => byId.get(id), all: () => all };
}
