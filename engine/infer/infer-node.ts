/** Inference of one node: its parameters, its ports as its edges settle them, what is wrong with it. */
import type { LoomNode } from '../document/schema';
import type { Diagnostic } from '../types/diagnostics';
import type { AnyNode, Catalog } from '../types/node';
import { packIdOf } from '../types/node-pack';
import type { PortType } from '../types/port';
import { packagesOf, parsedParams, refinedPorts, warningsOf, type NodePorts } from './call-node';
import type { FlatEdge } from '../graph/flat-graph';
import { compareIds } from '../graph/topology';
import type { Endpoint, NodeInfo, NodeState } from './inference';
import { getOwn } from '../types/get-own';
import {
  resolveOutputs,
  resolvePorts,
  settleRest,
  solvePorts,
  type PortMismatch,
  type PortTypes,
} from '../solver/solve-ports';
import { describeExpression, mismatchSentence, nodeName } from './wording';

/** What the rest of the graph offers a node while it is inferred. */
export interface Surroundings {
  readonly catalog: Catalog;
  readonly incoming: readonly FlatEdge[];
  readonly cut: ReadonlySet<string>;
  /** Earlier results; those of every node that feeds this one are there. */
  info(node: string): NodeInfo | undefined;
  /** Title of a node's type, for messages. */
  title(node: string): string | undefined;
  /** This input's wire is judged last, so that it is the one found at fault. */
  readonly accused?: string;
}

/** Where an edge takes its value: bypassed nodes followed. */
type Source =
  | { readonly state: 'value'; readonly at: Endpoint; readonly type: PortType | undefined }
  | { readonly state: 'muted' | 'absent' };

function sourceOf(edge: FlatEdge, around: Surroundings): Source {
  if (around.cut.has(edge.id)) return { state: 'absent' };
  const info = around.info(edge.from.node);
  if (!info) return { state: 'absent' };
  if (info.state === 'muted') return { state: 'muted' };
  if (info.state === 'unknown') return { state: 'value', at: edge.from, type: undefined };
  if (info.state === 'bypass') {
    const passed = getOwn(info.passes ?? {}, edge.from.port);
    if (!passed) return { state: 'absent' };
    return { state: 'value', at: passed, type: getOwn(info.outputs, edge.from.port) };
  }
  const type = getOwn(info.outputs, edge.from.port);
  return type ? { state: 'value', at: edge.from, type } : { state: 'absent' };
}

const nothing = { inputs: {}, outputs: {} };

/** What is found at one node. Its name is only put together when there is something to say. */
class Report {
  readonly diagnostics: Diagnostic[] = [];
  constructor(
    readonly id: string,
    private readonly title: string | undefined,
  ) {}
  get name(): string {
    return nodeName(this.id, this.title);
  }
  add(diagnostic: Omit<Diagnostic, 'severity' | 'node'>, severity: Diagnostic['severity'] = 'error'): void {
    this.diagnostics.push({ severity, node: this.id, ...diagnostic });
  }
}

/** Infers a node of a known type, or makes the placeholder's result when `definition` is undefined. */
export function inferNode(
  id: string,
  node: LoomNode,
  definition: AnyNode | undefined,
  around: Surroundings,
): NodeInfo {
  const report = new Report(id, definition?.title);
  const { diagnostics } = report;
  const closing = reportCycles(around, report);
  if (!definition) {
    const pack = packIdOf(node.type);
    const kept = 'It is kept as it is; what does not depend on it still runs.';
    if (pack === undefined)
      report.add({
        code: 'unknown-node',
        got: node.type,
        message: `The node “${id}” is of the type “${node.type}”, which this version does not have. ${kept}`,
      });
    else
      report.add({
        code: 'pack-missing',
        got: node.type,
        want: pack,
        message: `The node “${id}” (${node.type}) comes with the node pack “${pack}”, which is not loaded. ${kept}`,
      });
    return {
      id,
      node,
      state: 'unknown',
      ...nothing,
      declared: nothing,
      sources: {},
      unsolved: [],
      diagnostics,
    };
  }
  const parsed = parsedParams(definition, node.params, node.version);
  const ports = refinedPorts(definition, node.params, node.version, around.catalog);
  const connections = readEdges(definition, around, report, closing);
  const { sources, actual, muted } = connections;
  if (node.mode === 'bypass') {
    const info = bypassed(id, node, definition, ports, connections, diagnostics);
    return muted && Object.keys(info.passes ?? {}).length === 0 ? { ...info, state: 'muted' } : info;
  }
  if (around.accused !== undefined) actual.sort(([a], [b]) => rank(a, around) - rank(b, around));
  const { solution, mismatches, unsolved } = solvePorts(ports.inputs, actual, new Map(), ports.equations);
  settleRest(ports, sources, actual, solution);
  const inputs = resolvePorts(ports.inputs, solution, id);
  const outputs = resolveOutputs(ports, actual, solution, id);
  const off = node.mode === 'mute' || muted;
  // What is switched off is not found fault with, except for what is wrong in the wiring itself.
  if (!off) {
    for (const mismatch of mismatches) reportMismatch(mismatch, inputs, connections, around, report);
    for (const port in definition.inputs) {
      if (
        definition.inputs[port]?.optional === true ||
        Object.hasOwn(sources, port) ||
        connections.faulty?.has(port) === true
      )
        continue;
      const kind = ports.inputs[port]?.kind ?? '';
      report.add({
        code: 'missing-input',
        port,
        want: kind,
        message: `${report.name} needs something at its input ${port} (${kind}).`,
      });
    }
    checkParams(definition, node, parsed, ports, around.catalog, report);
    if (parsed.ok) {
      const held = warningsOf(
        definition,
        parsed.params,
        // A refused edge is said already: that nothing comes in follows from it.
        (port) => Object.hasOwn(sources, port) || connections.faulty?.has(port) === true,
      );
      for (const { name, severity, message, ...where } of held)
        report.add(
          { code: 'node-warning', ...where, warning: name, message: `${report.name}: ${message}` },
          severity,
        );
    }
  }
  const faulty = diagnostics.some(({ severity }) => severity === 'error');
  const state: NodeState = off ? 'muted' : faulty ? 'invalid' : 'ready';
  const params = !off && parsed.ok ? parsed.params : undefined;
  return {
    id,
    node,
    definition,
    params,
    state,
    inputs,
    outputs,
    declared: ports,
    sources,
    unsolved,
    diagnostics,
  };
}

function reportMismatch(
  { port, path, want, got }: PortMismatch,
  inputs: PortTypes,
  { actual }: Edges,
  around: Surroundings,
  report: Report,
): void {
  if (port === undefined) {
    const [value, due] = [describeExpression(got), describeExpression(want)];
    const message = `The parameter ${path} of ${report.name} cannot be used: ${value} is given, but ${due} is wanted.`;
    report.add({
      code: 'invalid-param',
      path,
      got: value,
      want: due,
      gotExpression: got,
      wantExpression: want,
      message,
    });
    return;
  }
  const [edge] = edgesByPort(around.incoming.filter(({ to }) => to.port === port)).get(port) ?? [];
  const from = edge?.from ?? { node: '?', port: '?' };
  const gotType = actual.find(([name]) => name === port)?.[1];
  const wantType = inputs[port];
  report.add({
    code: 'type-mismatch',
    port,
    ...(edge ? { edge: edge.id } : {}),
    path,
    got: describeExpression(got),
    want: describeExpression(want),
    gotExpression: got,
    wantExpression: want,
    ...(gotType ? { gotType } : {}),
    ...(wantType ? { wantType } : {}),
    message: mismatchSentence(
      { name: nodeName(from.node, around.title(from.node)), port: from.port },
      { name: report.name, port },
      path,
      got,
      want,
    ),
  });
}

const rank = (port: string, around: Surroundings): number => (port === around.accused ? 1 : 0);

interface Edges {
  /** Input → where its value comes from, in the order of the declared inputs. */
  readonly sources: Record<string, Endpoint>;
  /** The types that are known of them, in the same order. */
  readonly actual: (readonly [port: string, type: PortType])[];
  /** A required input's value is switched off. */
  readonly muted: boolean;
  /** Inputs whose wire is there but wrong. */
  readonly faulty: ReadonlySet<string> | undefined;
}

/** Reports the inputs whose edge closes a cycle, each once; at placeholders and bypassed nodes too. */
function reportCycles(around: Surroundings, report: Report): ReadonlySet<string> | undefined {
  if (around.cut.size === 0) return undefined;
  const closing = around.incoming
    .filter((edge) => around.cut.has(edge.id))
    .toSorted((a, b) => compareIds(a.id, b.id));
  const ports = new Set<string>();
  for (const edge of closing) {
    const { port } = edge.to;
    if (ports.has(port)) continue;
    ports.add(port);
    const from = nodeName(edge.from.node, around.title(edge.from.node));
    const message = `The wire from ${from} to ${report.name} closes a circle: each would need the other's result first.`;
    report.add({ code: 'cycle', port, edge: edge.id, message });
  }
  return ports;
}

/**
 * The edges of a node in the order of its declared inputs, with what is wrong about them: one diagnostic for a port,
 * however many edges end at it. Of several edges the one with the first id counts, so that the order of records in a
 * file changes nothing.
 */
function readEdges(
  definition: AnyNode,
  around: Surroundings,
  report: Report,
  closing: ReadonlySet<string> | undefined,
): Edges {
  const sources: Record<string, Endpoint> = {};
  const actual: (readonly [string, PortType])[] = [];
  let muted = false;
  if (around.incoming.length === 0) return { sources, actual, muted, faulty: undefined };
  const faulty = new Set<string>();
  const connections = edgesByPort(around.incoming);
  for (const port in definition.inputs) {
    const [edge, second, ...more] = connections.get(port) ?? [];
    if (!edge) continue;
    if (second) {
      const message = `The input ${port} of ${report.name} has ${more.length + 2} wires; it takes one.`;
      report.add({ code: 'duplicate-input', port, edge: second.id, got: String(more.length + 2), message });
    }
    if (closing?.has(port) === true || isFaulty(edge, around, report)) faulty.add(port);
    const source = sourceOf(edge, around);
    if (source.state === 'value') {
      sources[port] = source.at;
      if (source.type) actual.push([port, source.type]);
    } else if (source.state === 'muted' && definition.inputs[port]?.optional !== true) muted = true;
  }
  const unknown = [...connections.keys()].filter((port) => !Object.hasOwn(definition.inputs, port));
  for (const port of unknown.sort(compareIds)) {
    const [first, ...more] = connections.get(port) ?? [];
    if (!first) continue;
    const wires = more.length === 0 ? `the wire “${first.id}” ends` : `${more.length + 1} wires end`;
    const message = `${report.name} has no input “${port}”, where ${wires}.`;
    report.add({ code: 'unknown-port', port, edge: first.id, message });
  }
  return { sources, actual, muted, faulty };
}

/** Edges by the input they end at, by their ids. */
function edgesByPort(incoming: readonly FlatEdge[]): Map<string, FlatEdge[]> {
  const found = new Map<string, FlatEdge[]>();
  for (const edge of incoming) {
    const before = found.get(edge.to.port);
    if (before) before.push(edge);
    else found.set(edge.to.port, [edge]);
  }
  for (const edges of found.values()) if (edges.length > 1) edges.sort((a, b) => compareIds(a.id, b.id));
  return found;
}

/** Reports an edge that begins at an output that is not there. */
function isFaulty(edge: FlatEdge, around: Surroundings, report: Report): boolean {
  const { port } = edge.to;
  const upstream = around.info(edge.from.node)?.definition;
  if (!upstream || Object.hasOwn(upstream.outputs, edge.from.port)) return false;
  report.add({
    code: 'unknown-port',
    port,
    edge: edge.id,
    got: edge.from.port,
    message: `${nodeName(edge.from.node, upstream.title)} has no output “${edge.from.port}”, where the wire “${edge.id}” begins.`,
  });
  return true;
}

function checkParams(
  definition: AnyNode,
  node: LoomNode,
  parsed: ReturnType<typeof parsedParams>,
  ports: NodePorts,
  catalog: Catalog,
  report: Report,
): void {
  if (node.version > definition.version) {
    report.add(
      {
        code: 'newer-node',
        got: String(node.version),
        want: String(definition.version),
        message: `${report.name} was saved by a newer version (${node.version}; this one knows ${definition.version}) and may behave differently.`,
      },
      'warning',
    );
  }
  if (!parsed.ok) {
    for (const { path, message } of parsed.problems) {
      const got = path === '' ? undefined : JSON.stringify(node.params[path.split('.')[0] ?? '']);
      report.add({
        code: 'invalid-param',
        path,
        ...(got === undefined ? {} : { got }),
        want: message,
        message: `The parameter ${path || 'set'} of ${report.name} cannot be used: ${message}.`,
      });
    }
    return;
  }
  if (ports.problem !== undefined)
    report.add({
      code: 'invalid-param',
      path: '',
      want: ports.problem,
      message: `The parameters of ${report.name} do not go together: ${ports.problem}.`,
    });
  let packages: readonly string[] = [];
  try {
    packages = packagesOf(definition, parsed.params);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    report.add({
      code: 'invalid-param',
      path: '',
      want: why,
      message: `The parameters of ${report.name} name no package: ${why}.`,
    });
  }
  for (const id of packages) {
    if (catalog.ports(id) !== undefined) continue;
    const path = Object.keys(parsed.params).find((key) => parsed.params[key] === id);
    report.add({
      code: 'package-missing',
      ...(path === undefined ? {} : { path }),
      got: id,
      message:
        id === ''
          ? `${report.name} has no model package chosen.`
          : `${report.name} uses the model package “${id}”, which is not there.`,
    });
  }
}

/** Each output hands on the input at the same place if it is of the same kind, else the first of its kind (ComfyUI's rule). */
function bypassed(
  id: string,
  node: LoomNode,
  definition: AnyNode,
  ports: NodePorts,
  { sources, actual }: Edges,
  diagnostics: readonly Diagnostic[],
): NodeInfo {
  const types = new Map(actual);
  const passes: Record<string, Endpoint> = {};
  const outputs: Record<string, PortType> = {};
  const inputs = Object.keys(definition.inputs);
  Object.entries(ports.outputs).forEach(([name, { kind }], index) => {
    const same = inputs[index];
    const port = [...(same === undefined ? [] : [same]), ...inputs].find(
      (input) =>
        ports.inputs[input]?.kind === kind &&
        Object.hasOwn(sources, input) &&
        (types.get(input)?.kind ?? kind) === kind,
    );
    const source = port === undefined ? undefined : sources[port];
    if (!source) return;
    passes[name] = source;
    const type = types.get(port ?? '');
    if (type) outputs[name] = type;
  });
  return {
    id,
    node,
    definition,
    state: 'bypass',
    inputs: ports.inputs,
    outputs,
    declared: ports,
    sources,
    passes,
    unsolved: [],
    diagnostics,
  };
}
