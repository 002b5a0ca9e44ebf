/** The ports of a node as an editor sees it: plain nodes' from the registry, instances' from their definition. */
import { definitionOf, type LoomDefinition, type LoomDocument, type LoomNode } from '../document/schema';
import { z } from 'zod';
import type { AnyNode, NodeRegistry, Ports } from '../types/node';
import { port as makePort } from '../types/define-port';
import { getOwn } from '../types/get-own';

type Place = Pick<LoomDocument, 'definitions'>;
type NodePort = Ports[string];

interface NodePorts {
  readonly inputs: Ports;
  readonly outputs: Ports;
}

/** Definitions → registry → the ports of each definition's instances, in the order they were asked for. */
const knownPorts = new WeakMap<object, WeakMap<NodeRegistry, Map<string, NodePorts>>>();

/**
 * Input and output ports by name; undefined for an unknown type. An instance's port is typed by kind alone; one that
 * leads into a sub-graph that contains itself is left out (inference reports the recursion).
 */
export function portsOf(
  document: Place,
  registry: NodeRegistry,
  node: Pick<LoomNode, 'type'>,
): NodePorts | undefined {
  const plain = registry.get(node.type);
  if (plain) return plain;
  const id = definitionOf(node.type);
  if (id === undefined || !Object.hasOwn(document.definitions, id)) return undefined;
  let ofRegistry = knownPorts.get(document.definitions);
  if (!ofRegistry) knownPorts.set(document.definitions, (ofRegistry = new WeakMap()));
  let ports = ofRegistry.get(registry);
  if (!ports) ofRegistry.set(registry, (ports = new Map()));
  const before = ports.get(id);
  if (before) return before;
  for (const inner of usedBy(document, registry, id)) {
    const definition = getOwn(document.definitions, inner);
    if (definition && !ports.has(inner)) ports.set(inner, portsOfDefinition(definition, registry, ports));
  }
  return ports.get(id);
}

/** The definitions that one needs, itself last, each after those it uses; back references are left out. Iterative. */
function usedBy(document: Place, registry: NodeRegistry, id: string): readonly string[] {
  const order: string[] = [];
  const seen = new Set([id]);
  const inner = (of: string): string[] => {
    const used = new Set<string>();
    for (const { type } of Object.values(getOwn(document.definitions, of)?.nodes ?? {})) {
      const name = registry.get(type) ? undefined : definitionOf(type);
      if (name !== undefined && Object.hasOwn(document.definitions, name)) used.add(name);
    }
    return [...used].sort();
  };
  const stack = [{ id, used: inner(id), next: 0 }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const next = top.used[top.next++];
    if (next === undefined) {
      order.push(top.id);
      stack.pop();
    } else if (!seen.has(next)) {
      seen.add(next);
      stack.push({ id: next, used: inner(next), next: 0 });
    }
  }
  return order;
}

function portsOfDefinition(
  definition: LoomDefinition,
  registry: NodeRegistry,
  ports: ReadonlyMap<string, NodePorts>,
): NodePorts {
  const inner = (name: string, side: 'inputs' | 'outputs', port: string): NodePort | undefined => {
    const at = getOwn(definition.nodes, name);
    const found = at && (registry.get(at.type) ?? ports.get(definitionOf(at.type) ?? ''));
    return found && getOwn(found[side], port);
  };
  const inputs: Record<string, NodePort> = {};
  for (const [name, { to, optional }] of Object.entries(definition.inputs)) {
    const found = to.flatMap((end) => inner(end.node, 'inputs', end.port) ?? []);
    const [first] = found;
    if (!first) continue;
    const made = makePort(first.type.kind, {}, first.doc === undefined ? {} : { doc: first.doc });
    const free = optional === true || found.every((port) => port.optional === true);
    inputs[name] = free ? { ...made, optional: true } : made;
  }
  const outputs: Record<string, NodePort> = {};
  for (const [name, { from }] of Object.entries(definition.outputs)) {
    const found = inner(from.node, 'outputs', from.port);
    if (found)
      outputs[name] = makePort(found.type.kind, {}, found.doc === undefined ? {} : { doc: found.doc });
  }
  return { inputs, outputs };
}

const remembered = new WeakMap<
  LoomDefinition,
  { registry: NodeRegistry; definitions: unknown; node: AnyNode }
>();

/** A bypassed instance as a node: it has the instance's ports, all optional, and never runs. */
export function bypassedInstance(document: Place, registry: NodeRegistry, type: string): AnyNode | undefined {
  const definition = getOwn(document.definitions, definitionOf(type) ?? '');
  if (!definition) return undefined;
  const known = remembered.get(definition);
  if (known?.registry === registry && known.definitions === document.definitions) return known.node;
  const ports = portsOf(document, registry, { type });
  if (!ports) return undefined;
  const node: AnyNode = {
    id: `graph/${definitionOf(type) ?? ''}`,
    version: 1,
    title: definition.title,
    category: 'utility',
    doc: '',
    inputs: Object.fromEntries(
      Object.entries(ports.inputs).map(([name, port]) => [name, { ...port, optional: true }]),
    ),
    outputs: ports.outputs,
    params: z.looseObject({}),
    run: () => Promise.reject(new Error('A bypassed sub-graph does not run.')),
  };
  remembered.set(definition, { registry, definitions: document.definitions, node });
  return node;
}
