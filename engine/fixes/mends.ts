/** Repairs for a finding, each tried on the document before it is offered. */
import { produce } from 'immer';
import type { LoomDocument } from '../document/schema';
import type { Diagnostic, Mend } from '../types/diagnostics';
import type { NodeRegistry } from '../types/node';
import { applyMend } from './apply-mend';
import { defaultParams, parsedParams } from '../infer/call-node';
import { sourceAt, targetsAt } from '../graph/flatten';
import type { Endpoint } from '../graph/flat-graph';
import { infer } from '../infer/infer';
import type { Inference } from '../infer/inference';
import { levelOf } from '../graph/levels';
import {
  chains,
  misfitOf,
  outputWith,
  replacements,
  sourcesOf,
  wantedSizes,
  type Misfit,
} from './mend-candidates';
import { own } from '../types/own';

/** The two ends of a wire, as the document names them. */
export interface WireEnds {
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** Candidates tried, and offered of one sort, at most. */
const maxTries = 24;
const maxOffers = 3;

/**
 * Mends that work: applied to the inference's document they remove the finding
 * and add no error. Searched by trying them, so ask only where they are shown.
 * `inHand`: the ends of the wire that `checkWire` refused, which is not in the
 * document; the mends draw it themselves.
 */
export function mendsOf(finding: Diagnostic, inference: Inference, inHand?: WireEnds): readonly Mend[] {
  const trial = new Trial(finding, inference, inHand);
  switch (finding.code) {
    case 'type-mismatch':
      return trial.keep(mismatchMends(finding, inference, inHand));
    case 'missing-input':
      return trial.keep(connections(finding, inference));
    case 'invalid-param':
      return trial.keep(paramMends(finding, inference));
    case 'package-missing':
      return trial.keep(packageMends(finding, inference));
    case 'duplicate-input':
      return trial.keep(duplicates(finding, inference));
    case 'cycle':
      return inHand ? [] : trial.keep(cycleMends(finding, inference));
    default:
      return inHand ? [] : trial.keep(removal(finding));
  }
}

const removal = (finding: Diagnostic): Mend[] =>
  finding.edge === undefined ? [] : [{ kind: 'remove-edge', edge: finding.edge.replace(/#\d+$/, '') }];

/** Tries mends on the document. */
class Trial {
  #tries = 0;
  readonly #before: ReadonlySet<string>;
  constructor(
    private readonly finding: Diagnostic,
    private readonly inference: Inference,
    private readonly inHand: WireEnds | undefined,
  ) {
    this.#before = errorsOf(inference);
  }

  keep(candidates: Iterable<Mend>): Mend[] {
    const kept = new Map<string, Mend>();
    const offers = new Map<string, number>();
    for (const mend of candidates) {
      const text = JSON.stringify(mend);
      const offered = offers.get(mend.kind) ?? 0;
      if (offered >= maxOffers || kept.has(text)) continue;
      if (this.#tries++ >= maxTries) break;
      if (!this.#works(mend)) continue;
      kept.set(text, mend);
      offers.set(mend.kind, offered + 1);
    }
    return [...kept.values()];
  }

  #works(mend: Mend): boolean {
    const { document, registry, catalog } = this.inference;
    const mended = withMend(document, mend, registry);
    const drawn =
      this.inHand && mend.kind !== 'insert' && mend.kind !== 'connect'
        ? draw(mended, this.inHand, registry)
        : mended;
    if (drawn === document) return false;
    const after = errorsOf(infer({ document: drawn, registry, catalog, previous: this.inference }));
    if (!this.inHand && after.has(idOf(this.finding))) return false;
    // A wire taken away may leave its input wanting one: that is the lesser fault, and said so.
    const { node, port } = this.finding;
    const wanting = mend.kind === 'remove-edge' ? idOf({ code: 'missing-input', node, port }) : undefined;
    return [...after].every((error) => this.#before.has(error) || error === wanting);
  }
}

/** The document with a mend applied; the same document when the mend does nothing. */
export const withMend = (document: LoomDocument, mend: Mend, registry: NodeRegistry): LoomDocument =>
  produce(document, (draft: LoomDocument) => {
    applyMend(draft, mend, registry);
  });

const draw = (document: LoomDocument, { from, to }: WireEnds, registry: NodeRegistry): LoomDocument =>
  withMend(document, { kind: 'connect', from, to }, registry);

const idOf = ({
  code,
  node,
  port,
  edge,
  path,
}: Pick<Diagnostic, 'code' | 'node' | 'port' | 'edge' | 'path'>): string =>
  JSON.stringify([code, node, port, edge, path]);

function errorsOf({ nodes, graph }: Inference): ReadonlySet<string> {
  const errors = new Set<string>();
  const add = (finding: Diagnostic): void => {
    if (finding.severity === 'error') errors.add(idOf(finding));
  };
  graph.findings.forEach(add);
  for (const { findings } of nodes.values()) findings.forEach(add);
  return errors;
}

/** The ends of the wire at fault, as the document has them. */
function endsOf(
  finding: Diagnostic,
  inference: Inference,
  inHand: WireEnds | undefined,
): WireEnds | undefined {
  if (inHand) return inHand;
  const at = finding.edge === undefined ? undefined : levelOf(inference.document, finding.edge);
  const edge = at && own(at.level.edges, at.id);
  if (!edge) return undefined;
  const inside = (end: Endpoint): Endpoint => ({
    node: at.prefix === '' ? end.node : `${at.prefix}/${end.node}`,
    port: end.port,
  });
  return { from: inside(edge.from), to: inside(edge.to) };
}

function* mismatchMends(
  finding: Diagnostic,
  inference: Inference,
  inHand: WireEnds | undefined,
): Iterable<Mend> {
  const ends = endsOf(finding, inference, inHand);
  const from = ends && sourceAt(inference.graph.instances, ends.from);
  const targets = (ends && targetsAt(inference.graph.instances, ends.to)) ?? [];
  const target = targets.find(({ node }) => node === finding.node) ?? targets[0];
  const type = from && own(inference.nodes.get(from.node)?.outputs ?? {}, from.port);
  const misfit =
    type && target ? misfitOf(inference, { at: from, type }, target, finding.path ?? 'kind') : undefined;
  if (misfit && ends) {
    const edge = finding.edge ?? '';
    const wire = inHand ? { wire: ends } : {};
    for (const chain of chains(inference, misfit))
      yield { kind: 'insert', edge: edge.replace(/#\d+$/, ''), ...wire, chain };
    yield* resized(inference, misfit);
    yield* relaxed(inference, misfit);
    yield* upstream(inference, misfit);
    for (const replacement of replacements(inference, misfit))
      yield { kind: 'replace-node', node: misfit.source.at.node, type: replacement };
    for (const { at, type: other } of sourcesOf(inference, misfit.want.kind, misfit.target)) {
      if ((at.node === misfit.source.at.node && at.port === misfit.source.at.port) || !misfit.fits(other))
        continue;
      yield inHand ? { kind: 'connect', from: at, to: ends.to } : { kind: 'rewire', edge, from: at };
    }
  }
  if (!inHand) yield* removal(finding);
}

/** The source's own size, where a parameter is named like the field. */
function* resized(inference: Inference, { source, want }: Misfit): Iterable<Mend> {
  const info = inference.nodes.get(source.at.node);
  for (const [param, value] of wantedSizes(want))
    if (info?.params && typeof info.params[param] === 'number' && info.params[param] !== value)
      yield { kind: 'set-param', node: source.at.node, param, value };
}

/** What the target's own parameters ask of the input (the elements that are picked) put back to their defaults. */
function* relaxed(inference: Inference, { target }: Misfit): Iterable<Mend> {
  const info = inference.nodes.get(target.node);
  const plain = info?.definition && own(info.definition.inputs, target.port)?.type;
  if (!info?.definition || own(info.declared.inputs, target.port) === plain) return;
  const defaults = defaultParams(info.definition) ?? {};
  for (const [param, value] of Object.entries(defaults))
    if (typeof value === 'number' && info.params?.[param] !== value)
      yield { kind: 'set-param', node: target.node, param, value };
}

/** The source's node fed by another source of the graph: an encoder by the first stage that matches. */
function* upstream(inference: Inference, misfit: Misfit): Iterable<Mend> {
  const { node } = misfit.source.at;
  const definition = inference.nodes.get(node)?.definition;
  for (const edge of inference.graph.incoming.get(node) ?? []) {
    const kind = definition && own(definition.inputs, edge.to.port)?.type.kind;
    if (!kind || edge.id.includes('#')) continue;
    for (const { at, type } of sourcesOf(inference, kind, misfit.source.at)) {
      if (at.node === edge.from.node && at.port === edge.from.port) continue;
      const output = outputWith(inference, misfit.source.at, edge.to.port, type);
      if (output && misfit.fits(output)) yield { kind: 'rewire', edge: edge.id, from: at };
    }
  }
}

/** The wire that closes the circle taken from something that the node does not feed, or away. */
function* cycleMends(finding: Diagnostic, inference: Inference): Iterable<Mend> {
  const { node, port, edge } = finding;
  const kind = own(inference.nodes.get(node ?? '')?.declared.inputs ?? {}, port ?? '')?.kind;
  if (node !== undefined && port !== undefined && edge !== undefined && kind && !edge.includes('#'))
    for (const { at } of sourcesOf(inference, kind, { node, port })) yield { kind: 'rewire', edge, from: at };
  yield* removal(finding);
}

function* connections(finding: Diagnostic, inference: Inference): Iterable<Mend> {
  const { node, port } = finding;
  const kind =
    node === undefined || port === undefined
      ? undefined
      : own(inference.nodes.get(node)?.declared.inputs ?? {}, port)?.kind;
  if (node === undefined || port === undefined || !kind) return;
  const to = { node, port };
  for (const { at } of sourcesOf(inference, kind, to)) yield { kind: 'connect', from: at, to };
}

function* paramMends(finding: Diagnostic, inference: Inference): Iterable<Mend> {
  const { node, path } = finding;
  const info = node === undefined ? undefined : inference.nodes.get(node);
  if (node === undefined || path === undefined || path.includes('.') || !info?.definition) return;
  const parsed = parsedParams(info.definition, info.node.params, info.node.version);
  const bound = parsed.ok ? undefined : parsed.problems.find((problem) => problem.path === path)?.bound;
  if (bound !== undefined) yield { kind: 'set-param', node, param: path, value: bound };
  const given = info.params?.[path] ?? info.node.params[path];
  if (parsed.ok && typeof given === 'number')
    for (const value of near(given)) yield { kind: 'set-param', node, param: path, value };
  const defaults = info.definition.params.safeParse({});
  const value = defaults.success ? defaults.data[path] : undefined;
  if (value !== undefined) yield { kind: 'set-param', node, param: path, value };
}

/** The nearest multiples of what sizes usually are multiples of. */
const near = (size: number): number[] =>
  [8, 16, 32, 64].map((unit) => Math.max(unit, Math.round(size / unit) * unit));

function* packageMends(finding: Diagnostic, inference: Inference): Iterable<Mend> {
  const { node, path } = finding;
  if (node === undefined || path === undefined) return;
  for (const value of inference.catalog.packages) yield { kind: 'set-param', node, param: path, value };
}

function* duplicates(finding: Diagnostic, inference: Inference): Iterable<Mend> {
  yield* removal(finding);
  for (const { id, to } of inference.graph.incoming.get(finding.node ?? '') ?? [])
    if (to.port === finding.port && id !== finding.edge)
      yield { kind: 'remove-edge', edge: id.replace(/#\d+$/, '') };
}
