/** The ports of a node as an editor sees it: plain nodes' from the registry, instances' from their definition. */
import { definitionOf, type LoomDefinition, type LoomDocument, type LoomNode } from '../document/schema';
import { z } from 'zod';
import type { AnyNode, NodeRegistry, Ports } from '../types/node';
import { port as makePort } from '../types/define-port';
import { getOwn } from '../types/get-own';

type Place = Pick<LoomDocument, 'definitions'>;
type NodePort = Ports[string];

/** Nested definitions deeper than this have no ports; inference reports the recursion. */
const depthLimit = 64;

/** Input and output ports by name; undefined for an unknown type. An instance's port is typed by kind alone. */
export function portsOf(
  document: Place,
  registry: NodeRegistry,
  node: Pick<LoomNode, 'type'>,
  depth = 0,
): { readonly inputs: Ports; readonly outputs: Ports } | undefined {
  const plain = registry.get(node.type);
  if (plain) return plain;
  const id = definitionOf(node.type);
  const definition = id === undefined ? undefined : getOwn(document.definitions, id);
  if (!definition || depth > depthLimit) return undefined;
  const inner = (name: string, side: 'inputs' | 'outputs', port: string): NodePort | undefined => {
    const at = getOwn(definition.nodes, name);
    const ports = at && portsOf(document, registry, at, depth + 1);
    return ports && getOwn(ports[side], port);
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
