/** The graph with its sub-graphs unfolded: what inference and plan walk. */
import { definitionOf, type LoomDefinition, type LoomDocument, type LoomNode } from '../document/schema';
import type { Diagnostic } from '../types/diagnostics';
import type { NodeRegistry } from '../types/node';
import type { Endpoint, FlatEdge, FlatGraph, FlatInstance } from './flat-graph';
import { getOwn } from '../types/get-own';
import { topology } from './topology';
import { withInstanceParams } from './instance-params';
import { excessSentence, unfoldingOf } from '../document/unfolding';

/** The path of something inside an instance. */
export const join = (prefix: string, id: string): string => (prefix === '' ? id : `${prefix}/${id}`);

type Level = Pick<LoomDefinition, 'nodes' | 'edges'>;

/**
 * Unfolds a document. Never throws: what cannot be unfolded stays as an unknown node, with a diagnostic. What unfolding
 * makes is counted first; a graph that would become too large stays folded as a whole.
 */
export function flatten(document: LoomDocument, registry: NodeRegistry): FlatGraph {
  const nodes = new Map<string, LoomNode>();
  const edges: FlatEdge[] = [];
  const instances = new Map<string, FlatInstance>();
  const diagnostics: Diagnostic[] = [];
  const { recursive, excess } = unfoldingOf(document);
  if (excess !== undefined)
    diagnostics.push({
      code: 'too-large',
      severity: 'error',
      got: String(excess.size),
      want: String(excess.limit),
      message: excessSentence(excess),
    });
  const isPlain = (type: string): boolean =>
    definitionOf(type) === undefined || registry.get(type) !== undefined;

  const unfold = (level: Level, prefix: string, mode: LoomNode['mode']): void => {
    for (const id of Object.keys(level.nodes)) {
      const node = getOwn(level.nodes, id);
      if (!node) continue;
      const path = join(prefix, id);
      const placed = mode === undefined || node.mode === 'mute' ? node : { ...node, mode };
      const opened = isPlain(node.type) ? undefined : open(path, node);
      if (!opened) {
        nodes.set(path, placed);
        continue;
      }
      const inner = withInstanceParams(opened.definition, node);
      unfold(inner, path, placed.mode === 'mute' ? 'mute' : mode);
      instances.set(path, boundary(opened.id, opened.definition, path, instances));
    }
    for (const id of Object.keys(level.edges)) {
      const edge = getOwn(level.edges, id);
      if (edge) connect(level, prefix, id, edge);
    }
  };

  const open = (path: string, node: LoomNode) => {
    const id = definitionOf(node.type) ?? '';
    const definition = getOwn(document.definitions, id);
    if (!definition) return undefined; // inference reports the unknown type
    if (recursive.has(id)) {
      diagnostics.push({
        code: 'cycle',
        severity: 'error',
        node: path,
        message: `The sub-graph “${id}” contains itself (at “${path}”): it would never end.`,
      });
      return undefined;
    }
    // Bypassed instances become one node that hands its inputs on (see instance-ports.ts).
    if (node.mode === 'bypass') return undefined;
    if (excess !== undefined) return undefined;
    return { id, definition };
  };

  const noPort = (edge: string, { node, port }: Endpoint, side: 'input' | 'output'): void => {
    const message = `The sub-graph “${node}” has no ${side} “${port}”, where the wire “${edge}” ends.`;
    diagnostics.push({ code: 'unknown-port', severity: 'error', node, port, edge, message });
  };

  const connect = (level: Level, prefix: string, id: string, edge: LoomDocument['edges'][string]): void => {
    const path = join(prefix, id);
    const missing = getOwn(level.nodes, edge.from.node)
      ? getOwn(level.nodes, edge.to.node)
        ? undefined
        : edge.to
      : edge.from;
    if (missing) {
      diagnostics.push({
        code: 'dangling-edge',
        severity: 'error',
        edge: path,
        message: `The wire “${path}” ends at “${missing.node}”, which is not there.`,
      });
      return;
    }
    const from = { node: join(prefix, edge.from.node), port: edge.from.port };
    const to = { node: join(prefix, edge.to.node), port: edge.to.port };
    const plain = unfoldEdge(path, { from, to }, instances);
    if (plain) {
      for (const connection of plain) edges.push(connection);
      return;
    }
    if (!sourceAt(instances, from)) noPort(path, from, 'output');
    if (!targetsAt(instances, to)) noPort(path, to, 'input');
  };

  unfold(document, '', undefined);
  return { nodes, instances, diagnostics, ...topology(nodes, edges) };
}

function boundary(
  id: string,
  definition: LoomDefinition,
  path: string,
  instances: ReadonlyMap<string, FlatInstance>,
): FlatInstance {
  const inputs = new Map<string, readonly Endpoint[]>();
  for (const [port, { to }] of Object.entries(definition.inputs)) {
    const inside = to
      .filter((end) => getOwn(definition.nodes, end.node))
      .flatMap((end) => targetsAt(instances, { node: join(path, end.node), port: end.port }) ?? []);
    inputs.set(port, inside);
  }
  const outputs = new Map<string, Endpoint>();
  for (const [port, { from }] of Object.entries(definition.outputs)) {
    const inside = getOwn(definition.nodes, from.node)
      ? sourceAt(instances, { node: join(path, from.node), port: from.port })
      : undefined;
    if (inside) outputs.set(port, inside);
  }
  return { definition: id, inputs, outputs };
}

/** The plain edges that one edge stands for, the first under its own path; undefined when an instance lacks the port. */
export function unfoldEdge(
  path: string,
  { from, to }: { readonly from: Endpoint; readonly to: Endpoint },
  instances: ReadonlyMap<string, FlatInstance>,
): readonly FlatEdge[] | undefined {
  const source = sourceAt(instances, from);
  const targets = targetsAt(instances, to);
  if (!source || !targets) return undefined;
  return targets.map((target, index) => ({
    id: index === 0 ? path : `${path}#${index}`,
    from: source,
    to: target,
  }));
}

/** The plain output that an endpoint stands for; undefined when an instance has no such output. */
export function sourceAt(instances: ReadonlyMap<string, FlatInstance>, at: Endpoint): Endpoint | undefined {
  const instance = instances.get(at.node);
  return instance ? instance.outputs.get(at.port) : at;
}

/** The plain inputs that an endpoint stands for; undefined when an instance has no such input. */
export function targetsAt(
  instances: ReadonlyMap<string, FlatInstance>,
  at: Endpoint,
): readonly Endpoint[] | undefined {
  const instance = instances.get(at.node);
  return instance ? instance.inputs.get(at.port) : [at];
}
