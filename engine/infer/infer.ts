/** Inference of a whole document, or of what an edit can reach. */
import type { LoomDocument, LoomNode } from '../document/schema';
import type { Diagnostic } from '../types/diagnostics';
import type { AnyNode, NodeRegistry } from '../types/node';
import type { PortType } from '../types/port';
import type { FlatEdge, FlatGraph } from '../graph/flat-graph';
import { flatten, sourceAt, targetsAt } from '../graph/flatten';
import { inferNode } from './infer-node';
import type { Inference, InferOptions, NodeInfo } from './inference';
import { bypassedInstance } from '../graph/instance-ports';
import { getOwn } from '../types/get-own';
import { patch, sameWork } from '../graph/patch';
import { sameType } from '../solver/solve-ports';
import { sweepDiagnostics } from './sweep-check';

/** How many nodes the last call inferred anew: what tests of incremental inference count. */
const inferredBy = new WeakMap<Inference, number>();
/** How many nodes a result had to infer; the rest came from `previous`. */
export const inferredCount = (inference: Inference): number => inferredBy.get(inference) ?? 0;

/**
 * Infers port types forward along the edges: each node's variables are settled
 * by its parameters and by what its edges bring. Never throws for anything in a document.
 *
 * @example
 * ```ts
 * const inference = infer({ document, registry, catalog: createCatalog(packages) });
 * for (const { severity, message } of inference.diagnostics) console.log(severity, message);
 * inference.nodes.get('decode')?.outputs['image']; // { kind: 'image', fields: { batch: 1, height: 256, width: 256 } }
 * // After an edit, only what changed is inferred again:
 * const next = infer({ document: edited, registry, catalog, previous: inference });
 * ```
 */
export function infer({ document, registry, catalog, previous }: InferOptions): Inference {
  const old = previous?.registry === registry && previous.catalog === catalog ? previous : undefined;
  const patched = old && patch(old.graph, old.document, document, registry);
  const graph = patched?.graph ?? flatten(document, registry);
  const definitionOfNode = (node: LoomNode): AnyNode | undefined =>
    registry.get(node.type) ??
    (node.mode === 'bypass' ? bypassedInstance(document, registry, node.type) : undefined);
  const nodes = new Map<string, NodeInfo>();
  const dirty = patched?.dirty ?? (old && changedNodes(old, document, graph));
  const title = (id: string): string | undefined => {
    const node = graph.nodes.get(id);
    return node && definitionOfNode(node)?.title;
  };
  let count = 0;
  const info = (id: string): NodeInfo | undefined => nodes.get(id);
  const none: readonly FlatEdge[] = [];
  for (const id of graph.order) {
    const node = graph.nodes.get(id);
    if (!node) continue;
    const before = old?.nodes.get(id);
    if (before && dirty && !dirty.has(id)) {
      nodes.set(id, before.node === node ? before : { ...before, node });
      continue;
    }
    count++;
    const found = inferNode(id, node, definitionOfNode(node), {
      catalog,
      incoming: graph.incoming.get(id) ?? none,
      cut: graph.cut,
      info,
      title,
    });
    nodes.set(id, found);
    if (dirty && !(before && sameOutside(before, found)))
      for (const edge of graph.outgoing.get(id) ?? []) dirty.add(edge.to.node);
  }
  const inference = new Result(document, registry, catalog, nodes, graph);
  inferredBy.set(inference, count);
  return inference;
}

const nothing: readonly Diagnostic[] = [];

/** Diagnostics by node; by the instance, too, that a node of a sub-graph stands in. */
function byNode(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, readonly Diagnostic[]> {
  const found = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const path = diagnostic.node?.split('/') ?? [];
    for (let depth = 1; depth <= path.length; depth++) {
      const node = path.slice(0, depth).join('/');
      const before = found.get(node);
      if (before === undefined) found.set(node, [diagnostic]);
      else before.push(diagnostic);
    }
  }
  return found;
}

class Result implements Inference {
  #diagnostics: readonly Diagnostic[] | undefined;
  #byNode: ReadonlyMap<string, readonly Diagnostic[]> | undefined;
  constructor(
    readonly document: LoomDocument,
    readonly registry: NodeRegistry,
    readonly catalog: Inference['catalog'],
    readonly nodes: ReadonlyMap<string, NodeInfo>,
    readonly graph: FlatGraph,
  ) {}

  get diagnostics(): readonly Diagnostic[] {
    if (!this.#diagnostics) {
      const found = [...this.graph.diagnostics, ...sweepDiagnostics(this.document, this.registry)];
      for (const { diagnostics } of this.nodes.values()) found.push(...diagnostics);
      this.#diagnostics = [
        ...found.filter(({ severity }) => severity === 'error'),
        ...found.filter(({ severity }) => severity !== 'error'),
      ];
    }
    return this.#diagnostics;
  }

  get ok(): boolean {
    return this.diagnostics[0]?.severity !== 'error';
  }

  portType(node: string, side: 'in' | 'out', port: string): PortType | undefined {
    if (side === 'out') {
      const at = sourceAt(this.graph.instances, { node, port });
      return at && getOwn(this.nodes.get(at.node)?.outputs ?? {}, at.port);
    }
    const [at] = targetsAt(this.graph.instances, { node, port }) ?? [];
    return at && getOwn(this.nodes.get(at.node)?.inputs ?? {}, at.port);
  }

  diagnosticsOf(node: string): readonly Diagnostic[] {
    this.#byNode ??= byNode(this.diagnostics);
    return this.#byNode.get(node) ?? nothing;
  }
}

/** What other nodes can see of a node. */
function sameOutside(a: NodeInfo, b: NodeInfo): boolean {
  if (a.state !== b.state && (isOff(a) || isOff(b))) return false;
  if (a.definition !== b.definition) return false;
  const ports = Object.keys(a.outputs);
  if (ports.length !== Object.keys(b.outputs).length) return false;
  if (JSON.stringify(a.passes) !== JSON.stringify(b.passes)) return false;
  return ports.every((port) => sameType(a.outputs[port], b.outputs[port]));
}
const isOff = ({ state }: NodeInfo): boolean => state !== 'ready' && state !== 'invalid';

/** Nodes whose own result may differ from the old one; more are added as results are found to differ. */
function changedNodes(old: Inference, document: LoomDocument, graph: FlatGraph): Set<string> {
  const dirty = new Set<string>();
  const definitionsChanged = old.document.definitions !== document.definitions;
  for (const [id, node] of graph.nodes) {
    const was = old.graph.nodes.get(id);
    if (!was || !sameWork(was, node)) dirty.add(id);
    if (was && was.type !== node.type)
      for (const edge of graph.outgoing.get(id) ?? []) dirty.add(edge.to.node);
    // A bypassed instance's ports come from its definition.
    if (definitionsChanged && node.mode === 'bypass') dirty.add(id);
    if (!sameEdges(old.graph, graph, id)) dirty.add(id);
  }
  return dirty;
}

function sameEdges(old: FlatGraph, graph: FlatGraph, id: string): boolean {
  const [was, now] = [old.incoming.get(id), graph.incoming.get(id)];
  if (was?.length !== now?.length) return false;
  if (!was || !now) return true;
  return now.every((edge, index) => {
    const other = was[index];
    return (
      other !== undefined &&
      edge.id === other.id &&
      edge.from.node === other.from.node &&
      edge.from.port === other.from.port &&
      edge.to.port === other.to.port &&
      old.cut.has(edge.id) === graph.cut.has(other.id)
    );
  });
}
