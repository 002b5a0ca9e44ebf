/** Inference of one node: its parameters, its ports as its wires settle them, what is wrong with it. */
import type { LoomNode } from '../document/schema';
import type { AnyNode, Catalog } from '../types/node';
import type { PortType } from '../types/port';
import { packagesOf, parsedParams, refinedPorts, type NodePorts } from './call-node';
import type { Finding } from './finding';
import type { FlatEdge } from './flat-graph';
import type { Endpoint, NodeInfo, NodeState } from './inference';
import { own } from './own';
import { emptyUnwiredSets, resolvePorts, solvePorts } from './solve-ports';
import { describeTerm, mismatchSentence, nodeName } from './wording';

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

/** Where a wire takes its value: bypassed nodes followed. */
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
    const passed = own(info.passes ?? {}, edge.from.port);
    if (!passed) return { state: 'absent' };
    return { state: 'value', at: passed, type: own(info.outputs, edge.from.port) };
  }
  const type = own(info.outputs, edge.from.port);
  return type ? { state: 'value', at: edge.from, type } : { state: 'absent' };
}

/** Infers a node of a known type, or makes the placeholder's result when `definition` is undefined. */
export function inferNode(
  id: string,
  node: LoomNode,
  definition: AnyNode | undefined,
  around: Surroundings,
): NodeInfo {
  const findings: Finding[] = [];
  const report = (finding: Omit<Finding, 'severity' | 'node'> & { severity?: 'warning' }): void => {
    findings.push({ severity: 'error', node: id, ...finding });
  };
  const empty = { inputs: {}, outputs: {} };
  if (!definition) {
    report({
      code: 'unknown-node',
      got: node.type,
      message: `The node “${id}” is of the type “${node.type}”, which this version does not have. It is kept as it is; what does not depend on it still runs.`,
    });
    return { id, node, state: 'unknown', ...empty, declared: empty, sources: {}, unsolved: [], findings };
  }
  const name = nodeName(id, definition.title);
  const parsed = parsedParams(definition, node.params, node.version);
  const ports = refinedPorts(definition, node.params, node.version, around.catalog);
  const { sources, muted, faulty } = readWires(definition, name, around, report);

  if (node.mode === 'bypass') {
    const info = bypassed(id, node, definition, ports, sources, findings);
    return muted && Object.keys(info.passes ?? {}).length === 0 ? { ...info, state: 'muted' } : info;
  }
  const wired = Object.keys(sources);
  const order =
    around.accused === undefined ? wired : wired.toSorted((a, b) => rank(a, around) - rank(b, around));
  const actual = order.flatMap((port): [string, PortType][] => {
    const type = sources[port]?.type;
    return type ? [[port, type]] : [];
  });
  const { solution, mismatches, unsolved } = solvePorts(ports.inputs, actual);
  emptyUnwiredSets(ports, new Set(wired), solution);
  const inputs = resolvePorts(ports.inputs, solution, id);
  const outputs = resolvePorts(ports.outputs, solution, id);
  const endpoints = Object.fromEntries(Object.entries(sources).map(([port, { at }]) => [port, at]));
  const info = {
    id,
    node,
    definition,
    inputs,
    outputs,
    declared: ports,
    sources: endpoints,
    unsolved,
    findings,
  };
  // What is switched off is not found fault with, except for what is wrong in the wiring itself.
  if (node.mode === 'mute' || muted) return { ...info, state: 'muted' };

  for (const { port, path, want, got } of mismatches) {
    const edge = around.incoming.find((candidate) => candidate.to.port === port);
    const from = edge?.from ?? { node: '?', port: '?' };
    const gotType = sources[port]?.type;
    const wantType = inputs[port];
    report({
      code: 'type-mismatch',
      port,
      ...(edge ? { edge: edge.id } : {}),
      path,
      got: describeTerm(got),
      want: describeTerm(want),
      ...(gotType ? { gotType } : {}),
      ...(wantType ? { wantType } : {}),
      message: mismatchSentence(
        { name: nodeName(from.node, around.title(from.node)), port: from.port },
        { name, port },
        path,
        got,
        want,
      ),
    });
  }
  for (const [port, { optional }] of Object.entries(definition.inputs)) {
    if (optional === true || Object.hasOwn(sources, port) || faulty.has(port)) continue;
    const kind = ports.inputs[port]?.kind ?? '';
    report({
      code: 'missing-input',
      port,
      want: kind,
      message: `${name} needs something at its input ${port} (${kind}).`,
    });
  }
  checkParams(definition, name, node, parsed, ports, around.catalog, report);
  const state: NodeState = findings.some(({ severity }) => severity === 'error') ? 'invalid' : 'ready';
  return { ...info, state, ...(parsed.ok ? { params: parsed.params } : {}) };
}

const rank = (port: string, around: Surroundings): number => (port === around.accused ? 1 : 0);

type Report = (finding: Omit<Finding, 'severity' | 'node'> & { severity?: 'warning' }) => void;
type WiredSource = Extract<Source, { state: 'value' }>;

/** The wires of a node in the order of its declared inputs, with what is wrong about them. */
function readWires(
  definition: AnyNode,
  name: string,
  around: Surroundings,
  report: Report,
): { sources: Record<string, WiredSource>; muted: boolean; faulty: Set<string> } {
  const found = new Map<string, WiredSource>();
  const seen = new Set<string>();
  const faulty = new Set<string>();
  let muted = false;
  for (const edge of around.incoming) {
    const { port } = edge.to;
    const input = own(definition.inputs, port);
    if (!input) {
      report({
        code: 'unknown-port',
        port,
        edge: edge.id,
        message: `${name} has no input “${port}”, where the wire “${edge.id}” ends.`,
      });
      continue;
    }
    const upstream = around.info(edge.from.node);
    if (upstream?.definition && !Object.hasOwn(upstream.definition.outputs, edge.from.port)) {
      faulty.add(port);
      report({
        code: 'unknown-port',
        port,
        edge: edge.id,
        got: edge.from.port,
        message: `${nodeName(edge.from.node, upstream.definition.title)} has no output “${edge.from.port}”, where the wire “${edge.id}” begins.`,
      });
    }
    if (seen.has(port)) {
      report({
        code: 'duplicate-input',
        port,
        edge: edge.id,
        message: `The input ${port} of ${name} has more than one wire; it takes one.`,
      });
      continue;
    }
    seen.add(port);
    if (around.cut.has(edge.id)) {
      faulty.add(port);
      const from = nodeName(edge.from.node, around.title(edge.from.node));
      report({
        code: 'cycle',
        port,
        edge: edge.id,
        message: `The wire from ${from} to ${name} closes a circle: each would need the other's result first.`,
      });
    }
    const source = sourceOf(edge, around);
    if (source.state === 'value') found.set(port, source);
    else if (source.state === 'muted' && input.optional !== true) muted = true;
  }
  const sources: Record<string, WiredSource> = {};
  for (const port of Object.keys(definition.inputs)) {
    const source = found.get(port);
    if (source) sources[port] = source;
  }
  return { sources, muted, faulty };
}

function checkParams(
  definition: AnyNode,
  name: string,
  node: LoomNode,
  parsed: ReturnType<typeof parsedParams>,
  ports: NodePorts,
  catalog: Catalog,
  report: Report,
): void {
  if (node.version > definition.version) {
    report({
      severity: 'warning',
      code: 'newer-node',
      got: String(node.version),
      want: String(definition.version),
      message: `${name} was saved by a newer version (${node.version}; this one knows ${definition.version}) and may behave differently.`,
    });
  }
  if (!parsed.ok) {
    for (const { path, message } of parsed.problems) {
      const got = path === '' ? undefined : JSON.stringify(node.params[path.split('.')[0] ?? '']);
      report({
        code: 'invalid-param',
        path,
        ...(got === undefined ? {} : { got }),
        want: message,
        message: `The parameter ${path || 'set'} of ${name} cannot be used: ${message}.`,
      });
    }
    return;
  }
  if (ports.problem !== undefined)
    report({
      code: 'invalid-param',
      path: '',
      want: ports.problem,
      message: `The parameters of ${name} do not go together: ${ports.problem}.`,
    });
  let packages: readonly string[] = [];
  try {
    packages = packagesOf(definition, parsed.params);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    report({
      code: 'invalid-param',
      path: '',
      want: why,
      message: `The parameters of ${name} name no package: ${why}.`,
    });
  }
  for (const id of packages) {
    if (catalog.ports(id) !== undefined) continue;
    const path = Object.keys(parsed.params).find((key) => parsed.params[key] === id);
    report({
      code: 'package-missing',
      ...(path === undefined ? {} : { path }),
      got: id,
      message:
        id === ''
          ? `${name} has no model package chosen.`
          : `${name} uses the model package “${id}”, which is not there.`,
    });
  }
}

/** Each output hands on the input at the same place if it is of the same kind, else the first of its kind (ComfyUI's rule). */
function bypassed(
  id: string,
  node: LoomNode,
  definition: AnyNode,
  ports: NodePorts,
  sources: Readonly<Record<string, WiredSource>>,
  findings: readonly Finding[],
): NodeInfo {
  const passes: Record<string, Endpoint> = {};
  const outputs: Record<string, PortType> = {};
  const inputs = Object.keys(definition.inputs);
  Object.entries(ports.outputs).forEach(([name, { kind }], index) => {
    const same = inputs[index];
    const port = [...(same === undefined ? [] : [same]), ...inputs].find(
      (input) =>
        ports.inputs[input]?.kind === kind && sources[input] && (sources[input].type?.kind ?? kind) === kind,
    );
    const source = port === undefined ? undefined : sources[port];
    if (!source) return;
    passes[name] = source.at;
    if (source.type) outputs[name] = source.type;
  });
  const at = Object.fromEntries(Object.entries(sources).map(([port, source]) => [port, source.at]));
  return {
    id,
    node,
    definition,
    state: 'bypass',
    inputs: ports.inputs,
    outputs,
    declared: ports,
    sources: at,
    passes,
    unsolved: [],
    findings,
  };
}
