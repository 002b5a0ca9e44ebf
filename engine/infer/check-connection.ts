/** Whether an edge may be drawn: asked while it is still pending. */
import type { Diagnostic } from '../types/diagnostics';
import type { FlatEdge } from '../graph/flat-graph';
import { sourceAt, targetsAt } from '../graph/flatten';
import { inferNode } from './infer-node';
import type { Endpoint, Inference } from './inference';
import { getOwn } from '../types/get-own';
import { isAncestor } from '../graph/descendants';
import { nodeName } from './wording';

export type ConnectionCheck = { readonly ok: true } | { readonly ok: false; readonly diagnostic: Diagnostic };

/** Stands for the pending connection in a diagnostic's `edge`; `insert` and `rewire` fixes for it draw it anew. */
export const pendingEdge = (from: Endpoint, to: Endpoint): string =>
  `${from.node}.${from.port}>${to.node}.${to.port}`;

/**
 * Judges an edge that is not in the document yet, given everything else that is
 * connected to its target; an edge that stands at the target input is taken to be
 * replaced. Refused with the same diagnostic that inference would give; what
 * `fixesFor` finds for it with the edge's ends can be applied to the document as
 * it is (the fixes draw the edge themselves).
 */
export function checkConnection(inference: Inference, from: Endpoint, to: Endpoint): ConnectionCheck {
  const edge = pendingEdge(from, to);
  const refuse = (found: Omit<Diagnostic, 'severity' | 'edge'>): ConnectionCheck => ({
    ok: false,
    diagnostic: { ...found, severity: 'error', edge },
  });
  const { instances } = inference.graph;
  const source = sourceAt(instances, from);
  const targets = targetsAt(instances, to);
  const sourceInfo = source && inference.nodes.get(source.node);
  if (
    !source ||
    !sourceInfo ||
    (sourceInfo.definition && !getOwn(sourceInfo.definition.outputs, source.port))
  )
    return refuse({
      code: 'unknown-port',
      node: from.node,
      port: from.port,
      message: `“${from.node}” has no output “${from.port}”.`,
    });
  const sourceName = nodeName(source.node, sourceInfo.definition?.title);

  for (const target of targets ?? []) {
    const info = inference.nodes.get(target.node);
    if (!info) continue;
    const name = nodeName(target.node, info.definition?.title);
    if (info.definition && !getOwn(info.definition.inputs, target.port))
      return refuse({
        code: 'unknown-port',
        node: to.node,
        port: to.port,
        message: `${name} has no input “${target.port}”.`,
      });
    if (isAncestor(inference, target.node, source.node))
      return refuse({
        code: 'cycle',
        node: to.node,
        port: to.port,
        message: `The wire from ${sourceName} to ${name} closes a circle: each would need the other's result first.`,
      });
    // Placeholders take any wire: what they want is not known.
    if (!info.definition || sourceInfo.state === 'unknown') continue;
    const connection: FlatEdge = { id: edge, from: source, to: target };
    const others = (inference.graph.incoming.get(target.node) ?? []).filter(
      ({ to: end }) => end.port !== target.port,
    );
    const judged = inferNode(target.node, { ...info.node, mode: undefined }, info.definition, {
      catalog: inference.catalog,
      incoming: [...others, connection],
      cut: inference.graph.cut,
      info: (node) => inference.nodes.get(node),
      title: (node) => inference.nodes.get(node)?.definition?.title,
      accused: target.port,
    });
    const wrong = judged.diagnostics.find(
      ({ code, port }) => code === 'type-mismatch' && port === target.port,
    );
    if (wrong) return refuse({ ...wrong, node: to.node, port: to.port });
  }
  if (!targets || targets.every(({ node }) => !inference.nodes.has(node)))
    return refuse({
      code: 'unknown-port',
      node: to.node,
      port: to.port,
      message: `“${to.node}” has no input “${to.port}”.`,
    });
  return { ok: true };
}
