/** What fits where: verdicts for a pending connection, candidates for the palette, the edge a node would sit on. */
import { getOwn } from '@/engine/types';
import { produce } from 'immer';
import { checkConnection, infer, type AnyNode, type Diagnostic, type Inference } from '@/engine';
import { registry } from './nodes';
import { addNode } from './edits';
import type { PendingConnection } from './view';

/** Key of a port in {@link Wiring.verdicts}. */
export const portKey = (node: string, side: 'in' | 'out', port: string): string => `${node} ${side} ${port}`;

/** Every port of the other side, and why it would refuse. A node never feeds itself. */
export function verdicts(inference: Inference, from: PendingConnection['from']): PendingConnection {
  const found = new Map<string, Diagnostic | null>();
  const other = from.side === 'out' ? 'in' : 'out';
  for (const info of inference.nodes.values()) {
    if (info.id === from.node) continue;
    for (const port of Object.keys(other === 'in' ? info.inputs : info.outputs)) {
      const here = { node: info.id, port };
      const check =
        from.side === 'out' ? checkConnection(inference, from, here) : checkConnection(inference, here, from);
      found.set(portKey(info.id, other, port), check.ok ? null : check.diagnostic);
    }
  }
  return { from, verdicts: found };
}

/** A node type that could take an edge, and by which port. */
export interface Candidate {
  readonly definition: AnyNode;
  readonly port?: string;
  readonly output?: string;
}

/** The document with a node of this type in it, inferred; nothing is kept. */
function withNode(inference: Inference, definition: AnyNode): { trial: Inference; id: string } {
  let id = '';
  const document = produce(inference.document, (draft) => {
    id = addNode(draft, definition, { x: 0, y: 0 });
  });
  return {
    trial: infer({ document, registry: inference.registry, catalog: inference.catalog, previous: inference }),
    id,
  };
}

/** Nodes that fit an edge pulled from a port; the port named is the first that takes it. */
export function candidatesFor(inference: Inference, from: PendingConnection['from']): Candidate[] {
  const kind = inference.portType(from.node, from.side, from.port)?.kind;
  return registry.all().flatMap((definition) => {
    const ports = Object.entries(from.side === 'out' ? definition.inputs : definition.outputs);
    const likely = ports.filter(([, port]) => port.type.kind === kind).map(([name]) => name);
    if (likely.length === 0) return [];
    const { trial, id } = withNode(inference, definition);
    const port = likely.find((name) =>
      from.side === 'out'
        ? checkConnection(trial, from, { node: id, port: name }).ok
        : checkConnection(trial, { node: id, port: name }, from).ok,
    );
    return port === undefined ? [] : [{ definition, port }];
  });
}

/** Whether a node of this type can sit on an edge, and by which ports. */
export function fitOnEdge(
  inference: Inference,
  edge: string,
  definition: AnyNode,
  existing?: string,
): { input: string; output: string } | undefined {
  const connection = getOwn(inference.document.edges, edge);
  if (connection === undefined) return undefined;
  const kind = inference.portType(connection.from.node, 'out', connection.from.port)?.kind;
  const inputs = Object.keys(definition.inputs).filter((name) => definition.inputs[name]?.type.kind === kind);
  const wanted = inference.portType(connection.to.node, 'in', connection.to.port)?.kind;
  const outputs = Object.keys(definition.outputs).filter(
    (name) => definition.outputs[name]?.type.kind === wanted,
  );
  if (inputs.length === 0 || outputs.length === 0) return undefined;
  const { trial, id } =
    existing === undefined ? withNode(inference, definition) : { trial: inference, id: existing };
  const input = inputs.find((name) => checkConnection(trial, connection.from, { node: id, port: name }).ok);
  const output = outputs.find((name) => checkConnection(trial, { node: id, port: name }, connection.to).ok);
  return input === undefined || output === undefined ? undefined : { input, output };
}

/** Node types that can sit on an edge. */
export const candidatesOnEdge = (inference: Inference, edge: string): Candidate[] =>
  registry.all().flatMap((definition) => {
    const fit = fitOnEdge(inference, edge, definition);
    return fit === undefined ? [] : [{ definition, port: fit.input, output: fit.output }];
  });
