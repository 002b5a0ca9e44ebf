/** Repairs for a diagnostic, each tried on the document before it is offered. */
import { produce } from 'immer';
import { z } from 'zod';
import type { LoomDocument } from '../document/schema';
import type { Diagnostic, QuickFix } from '../types/diagnostics';
import { applyFix } from './apply-fix';
import type { EdgeEnds } from '../graph/connect';
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
} from './fix-candidates';
import { compareIds } from '../graph/topology';
import { getOwn } from '../types/get-own';

/** Candidates tried, and offered of one sort, at most. */
const maxTries = 24;
const maxOffers = 3;

/**
 * Fixes that work: applied to the inference's document they remove the diagnostic
 * and add no error. Searched by trying them, so ask only where they are shown.
 * `pending`: the ends of the edge that `checkConnection` refused, which is not in the
 * document; `applyFix` draws it, given the same ends.
 */
export function fixesFor(
  diagnostic: Diagnostic,
  inference: Inference,
  pending?: EdgeEnds,
): readonly QuickFix[] {
  const trial = new Trial(diagnostic, inference, pending);
  switch (diagnostic.code) {
    case 'type-mismatch':
      return trial.keep(mismatchFixes(diagnostic, inference, pending));
    case 'missing-input':
      return trial.keep(connections(diagnostic, inference));
    case 'invalid-param':
      return trial.keep(paramFixes(diagnostic, inference));
    case 'package-missing':
      return trial.keep(packageFixes(diagnostic, inference));
    case 'duplicate-input':
      return trial.keep(duplicates(diagnostic, inference));
    case 'cycle':
      return pending ? [] : trial.keep(cycleFixes(diagnostic, inference));
    case 'unknown-port':
      return pending ? [] : trial.keep(removals(diagnostic, inference));
    case 'unknown-node':
    case 'dangling-edge':
    case 'newer-node':
    case 'too-large':
    case 'invalid-sweep':
    case 'memory-short':
    case 'pack-missing':
      return pending ? [] : trial.keep(removal(diagnostic));
    // The sentence says what to do; which of several ways is meant, only the person knows.
    case 'node-warning':
      return [];
    default:
      return diagnostic.code satisfies never;
  }
}

const removal = (diagnostic: Diagnostic): QuickFix[] =>
  diagnostic.edge === undefined ? [] : [{ kind: 'remove-edge', edge: diagnostic.edge.replace(/#\d+$/, '') }];

/** Tries fixes on the document. */
class Trial {
  #tries = 0;
  readonly #before: ReadonlySet<string>;
  constructor(
    private readonly diagnostic: Diagnostic,
    private readonly inference: Inference,
    private readonly pending: EdgeEnds | undefined,
  ) {
    this.#before = errorsOf(inference);
  }

  keep(candidates: Iterable<QuickFix>): QuickFix[] {
    const kept = new Map<string, QuickFix>();
    const offers = new Map<string, number>();
    for (const fix of candidates) {
      const text = JSON.stringify(fix);
      const offered = offers.get(fix.kind) ?? 0;
      if (offered >= maxOffers || kept.has(text)) continue;
      if (this.#tries++ >= maxTries) break;
      if (!this.#works(fix)) continue;
      kept.set(text, fix);
      offers.set(fix.kind, offered + 1);
    }
    return [...kept.values()];
  }

  #works(fix: QuickFix): boolean {
    const { document, registry, catalog } = this.inference;
    const fixed = produce(document, (draft: LoomDocument) => {
      applyFix(draft, fix, registry, this.pending);
    });
    if (fixed === document) return false;
    const after = errorsOf(infer({ document: fixed, registry, catalog, previous: this.inference }));
    if (!this.pending && after.has(idOf(this.diagnostic))) return false;
    // An edge taken away may leave its input wanting one: that is the lesser fault, and said so.
    const { node, port } = this.diagnostic;
    const wanting =
      fix.kind === 'remove-edge' || fix.kind === 'remove-edges'
        ? idOf({ code: 'missing-input', node, port })
        : undefined;
    return [...after].every((error) => this.#before.has(error) || error === wanting);
  }
}

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
  const add = (diagnostic: Diagnostic): void => {
    if (diagnostic.severity === 'error') errors.add(idOf(diagnostic));
  };
  graph.diagnostics.forEach(add);
  for (const { diagnostics } of nodes.values()) diagnostics.forEach(add);
  return errors;
}

/** The ends of the edge at fault, as the document has them. */
function endsOf(
  diagnostic: Diagnostic,
  inference: Inference,
  pending: EdgeEnds | undefined,
): EdgeEnds | undefined {
  if (pending) return pending;
  const at = diagnostic.edge === undefined ? undefined : levelOf(inference.document, diagnostic.edge);
  const edge = at && getOwn(at.level.edges, at.id);
  if (!edge) return undefined;
  const inside = (end: Endpoint): Endpoint => ({
    node: at.prefix === '' ? end.node : `${at.prefix}/${end.node}`,
    port: end.port,
  });
  return { from: inside(edge.from), to: inside(edge.to) };
}

function* mismatchFixes(
  diagnostic: Diagnostic,
  inference: Inference,
  pending: EdgeEnds | undefined,
): Iterable<QuickFix> {
  const ends = endsOf(diagnostic, inference, pending);
  const from = ends && sourceAt(inference.graph.instances, ends.from);
  const targets = (ends && targetsAt(inference.graph.instances, ends.to)) ?? [];
  const target = targets.find(({ node }) => node === diagnostic.node) ?? targets[0];
  const type = from && getOwn(inference.nodes.get(from.node)?.outputs ?? {}, from.port);
  const misfit =
    type && target ? misfitOf(inference, { at: from, type }, target, diagnostic.path ?? 'kind') : undefined;
  if (misfit && ends) {
    const edge = diagnostic.edge ?? '';
    for (const chain of chains(inference, misfit))
      yield { kind: 'insert', edge: edge.replace(/#\d+$/, ''), chain };
    yield* resized(inference, misfit);
    yield* relaxed(inference, misfit);
    yield* upstream(inference, misfit);
    for (const replacement of replacements(inference, misfit))
      yield { kind: 'replace-node', node: misfit.source.at.node, type: replacement };
    for (const { at, type: other } of sourcesOf(inference, misfit.want.kind, misfit.target)) {
      if ((at.node === misfit.source.at.node && at.port === misfit.source.at.port) || !misfit.fits(other))
        continue;
      yield pending ? { kind: 'connect', from: at, to: ends.to } : { kind: 'rewire', edge, from: at };
    }
  }
  if (!pending) yield* removal(diagnostic);
}

/** The source's own size, where a parameter is named like the field. */
function* resized(inference: Inference, { source, want }: Misfit): Iterable<QuickFix> {
  const info = inference.nodes.get(source.at.node);
  for (const [param, value] of wantedSizes(want))
    if (info?.params && typeof info.params[param] === 'number' && info.params[param] !== value)
      yield { kind: 'set-param', node: source.at.node, param, value };
}

/** What the target's own parameters ask of the input (the elements that are picked) put back to their defaults. */
function* relaxed(inference: Inference, { target }: Misfit): Iterable<QuickFix> {
  const info = inference.nodes.get(target.node);
  const plain = info?.definition && getOwn(info.definition.inputs, target.port)?.type;
  if (!info?.definition || getOwn(info.declared.inputs, target.port) === plain) return;
  const defaults = defaultParams(info.definition) ?? {};
  for (const [param, value] of Object.entries(defaults))
    if (typeof value === 'number' && info.params?.[param] !== value)
      yield { kind: 'set-param', node: target.node, param, value };
}

/** The source's node fed by another source of the graph: an encoder by the first stage that matches. */
function* upstream(inference: Inference, misfit: Misfit): Iterable<QuickFix> {
  const { node } = misfit.source.at;
  const definition = inference.nodes.get(node)?.definition;
  for (const edge of inference.graph.incoming.get(node) ?? []) {
    const kind = definition && getOwn(definition.inputs, edge.to.port)?.type.kind;
    if (!kind || edge.id.includes('#')) continue;
    for (const { at, type } of sourcesOf(inference, kind, misfit.source.at)) {
      if (at.node === edge.from.node && at.port === edge.from.port) continue;
      const output = outputWith(inference, misfit.source.at, edge.to.port, type);
      if (output && misfit.fits(output)) yield { kind: 'rewire', edge: edge.id, from: at };
    }
  }
}

/** The edge that closes the circle taken from something that the node does not feed, or away. */
function* cycleFixes(diagnostic: Diagnostic, inference: Inference): Iterable<QuickFix> {
  const { node, port, edge } = diagnostic;
  const kind = getOwn(inference.nodes.get(node ?? '')?.declared.inputs ?? {}, port ?? '')?.kind;
  if (node !== undefined && port !== undefined && edge !== undefined && kind && !edge.includes('#'))
    for (const { at } of sourcesOf(inference, kind, { node, port })) yield { kind: 'rewire', edge, from: at };
  yield* removal(diagnostic);
}

function* connections(diagnostic: Diagnostic, inference: Inference): Iterable<QuickFix> {
  const { node, port } = diagnostic;
  const kind =
    node === undefined || port === undefined
      ? undefined
      : getOwn(inference.nodes.get(node)?.declared.inputs ?? {}, port)?.kind;
  if (node === undefined || port === undefined || !kind) return;
  const to = { node, port };
  for (const { at } of sourcesOf(inference, kind, to)) yield { kind: 'connect', from: at, to };
}

function* paramFixes(diagnostic: Diagnostic, inference: Inference): Iterable<QuickFix> {
  const { node, path } = diagnostic;
  const info = node === undefined ? undefined : inference.nodes.get(node);
  if (node === undefined || path === undefined || path.includes('.') || !info?.definition) return;
  const parsed = parsedParams(info.definition, info.node.params, info.node.version);
  const bound = parsed.ok ? undefined : parsed.problems.find((problem) => problem.path === path)?.bound;
  if (bound !== undefined) yield { kind: 'set-param', node, param: path, value: bound };
  const given = info.params?.[path] ?? info.node.params[path];
  if (parsed.ok && typeof given === 'number')
    for (const value of near(given)) yield { kind: 'set-param', node, param: path, value };
  // What a person wrote or painted is theirs: a text that is too long is not made empty.
  if (isWritten(given, info.definition.params.shape[path])) return;
  const defaults = info.definition.params.safeParse({});
  const value = defaults.success ? defaults.data[path] : undefined;
  if (value !== undefined) yield { kind: 'set-param', node, param: path, value };
}

/** Whether a value is free text or a file, rather than one of a list, a number or a switch. */
function isWritten(given: unknown, schema: z.core.$ZodType | undefined): boolean {
  if (typeof given === 'object' && given !== null) return true;
  if (typeof given !== 'string' || given === '' || schema === undefined) return false;
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const choices = [json, ...(json.anyOf ?? [])].some(
    (part) => typeof part === 'object' && (part.enum !== undefined || part.const !== undefined),
  );
  const takesText = [json, ...(json.anyOf ?? [])].some(
    (part) => typeof part === 'object' && part.type === 'string',
  );
  return takesText && !choices;
}

/** The nearest multiples of what sizes usually are multiples of. */
const near = (size: number): number[] =>
  [8, 16, 32, 64].map((unit) => Math.max(unit, Math.round(size / unit) * unit));

function* packageFixes(diagnostic: Diagnostic, inference: Inference): Iterable<QuickFix> {
  const { node, path } = diagnostic;
  if (node === undefined || path === undefined) return;
  const schema = inference.nodes.get(node)?.definition?.params.shape[path];
  const isLora = schema instanceof z.ZodType && schema.meta()?.widget === 'lora';
  const { packages, loras = [] } = inference.catalog;
  for (const value of isLora ? loras : packages) yield { kind: 'set-param', node, param: path, value };
}

/** All edges of the port at fault, by their ids. */
function edgesAt({ node, port }: Diagnostic, inference: Inference): string[] {
  const ids = new Set<string>();
  for (const { id, to } of inference.graph.incoming.get(node ?? '') ?? [])
    if (to.port === port) ids.add(id.replace(/#\d+$/, ''));
  return [...ids].sort(compareIds);
}

function* removals(diagnostic: Diagnostic, inference: Inference): Iterable<QuickFix> {
  // Where an output is not there, the other edges of the input are not at fault.
  const edges = diagnostic.got === undefined ? edgesAt(diagnostic, inference) : [];
  if (edges.length > 1) yield { kind: 'remove-edges', edges };
  yield* removal(diagnostic);
}

/** One edge stays: of two either, of more the one that counts. */
function* duplicates(diagnostic: Diagnostic, inference: Inference): Iterable<QuickFix> {
  const [first, second, ...more] = edgesAt(diagnostic, inference);
  if (first === undefined || second === undefined) {
    yield* removal(diagnostic);
    return;
  }
  if (more.length > 0) yield { kind: 'remove-edges', edges: [second, ...more] };
  else for (const edge of [second, first]) yield { kind: 'remove-edge', edge };
}
