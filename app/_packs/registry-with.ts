/** The nodes that an engine knows: ours, and those of the packs that were loaded. */
import { createRegistry, type NodePack, type NodeRegistry } from '@/engine/types';
import { registry as library } from '@/nodes/registry';

/** @throws LoomError `bad-input` when two packs have a node of the same id */
export const registryWith = (packs: Iterable<NodePack>): NodeRegistry =>
  createRegistry([...library.all(), ...[...packs].flatMap(({ nodes }) => nodes)]);
