/** Instances that set some of their definition's parameters for themselves. */
import type { LoomDefinition, LoomNode } from '../document/schema';
import { getOwn } from '../types/get-own';

type Nodes = LoomDefinition['nodes'];
/** Definition → the instance's parameters → inner nodes. Unchanged instances keep their inner nodes' identity, which incremental inference goes by. */
const remembered = new WeakMap<LoomDefinition, WeakMap<object, Nodes>>();

/** The definition's graph with the parameters that `instance` sets put in. */
export function withInstanceParams(
  definition: LoomDefinition,
  instance: LoomNode,
): Pick<LoomDefinition, 'nodes' | 'edges'> {
  const set = Object.entries(definition.params).filter(([name]) => Object.hasOwn(instance.params, name));
  if (set.length === 0) return definition;
  let known = remembered.get(definition);
  if (!known) remembered.set(definition, (known = new WeakMap()));
  let nodes = known.get(instance.params);
  if (!nodes) {
    nodes = { ...definition.nodes };
    for (const [name, { node, param }] of set) {
      const inner = getOwn(nodes, node);
      const value = instance.params[name];
      if (inner && value !== undefined)
        nodes[node] = { ...inner, params: { ...inner.params, [param]: value } };
    }
    known.set(instance.params, nodes);
  }
  return { nodes, edges: definition.edges };
}
