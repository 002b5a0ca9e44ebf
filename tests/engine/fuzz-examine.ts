/** What the fuzz does with one input, and the work that it made: counted, not timed. */
import { infer, fixesFor, LoomError, parseDocument, plan, type Inference, type LoomDocument } from '@/engine';
import { registry as nodes } from '@/nodes/registry';
import { catalog } from './kit';
import { kit } from './kit-nodes';
import { random } from './fuzz-documents';

export interface Examined {
  readonly outcome: 'parsed' | 'refused';
  readonly diagnostics: number;
  readonly steps: number;
  /** Nodes, edges, diagnostics and steps that were made. */
  readonly work: number;
  /** Nodes and edges that the document writes down. */
  readonly written: number;
}

/** Most work for a document that writes down so much: the limits of unfolding, and a few times what is there. */
export const allowedWork = (written: number): number => 50_000 + 10 * written;

const nothing = { diagnostics: 0, steps: 0, work: 0, written: 0 };

/** @throws Error for anything but a document or a typed refusal, and where permuted records change what is found */
export function examine(input: unknown, number: number): Examined {
  const registry = number % 2 === 0 ? kit : nodes;
  let document: LoomDocument;
  try {
    ({ document } = parseDocument(input));
  } catch (thrown) {
    if (thrown instanceof LoomError && (thrown.code === 'invalid-document' || thrown.code === 'too-large'))
      return { outcome: 'refused', ...nothing };
    throw thrown;
  }
  const inference = infer({ document, registry, catalog });
  for (const { code, message, severity } of inference.diagnostics)
    if (code === undefined || message === '' || severity === undefined)
      throw new Error('an untyped diagnostic');
  let steps = 0;
  try {
    steps = plan(inference).steps.length;
  } catch (thrown) {
    if (!(thrown instanceof LoomError) || thrown.code !== 'too-large') throw thrown;
  }
  // Fixes are searched for one in a hundred: each tries edits of the whole document.
  if (number % 100 === 0 && inference.graph.nodes.size < 200 && Object.keys(document.edges).length < 400)
    for (const one of inference.diagnostics.slice(0, 10)) fixesFor(one, inference);
  if (number % 20 === 0) {
    const other = infer({ document: permuted(document, number), registry, catalog });
    if (summary(other) !== summary(inference)) throw new Error('permuted records change what is found');
  }
  const edges = [...inference.graph.incoming.values()].reduce((sum, list) => sum + list.length, 0);
  const diagnostics = inference.diagnostics.length;
  const levels = [document, ...Object.values(document.definitions)];
  return {
    outcome: 'parsed',
    diagnostics,
    steps,
    work: inference.graph.nodes.size + inference.graph.instances.size + edges + diagnostics + steps,
    written: levels.reduce(
      (sum, level) => sum + Object.keys(level.nodes).length + Object.keys(level.edges).length,
      0,
    ),
  };
}

/** The document with its records in another order. */
export function permuted(document: LoomDocument, seed: number): LoomDocument {
  const rng = random(seed);
  const shuffled = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(record)
        .map((entry) => ({ entry, at: rng() }))
        .sort((a, b) => a.at - b.at)
        .map(({ entry }) => entry),
    );
  return {
    ...document,
    nodes: shuffled(document.nodes),
    edges: shuffled(document.edges),
    definitions: Object.fromEntries(
      Object.entries(shuffled(document.definitions)).map(([id, definition]) => [
        id,
        { ...definition, nodes: shuffled(definition.nodes), edges: shuffled(definition.edges) },
      ]),
    ),
  };
}

/** What is found, whatever the order it is found in. */
export function summary(inference: Inference): string {
  const found = inference.diagnostics.map(({ code, severity, node, port, edge, path, got, want, message }) =>
    JSON.stringify([code, severity, node, port, edge, path, got, want, message]),
  );
  const states = [...inference.nodes.values()].map(({ id, state, inputs, outputs, sources }) =>
    JSON.stringify([
      id,
      state,
      inputs,
      outputs,
      Object.entries(sources).sort(([a], [b]) => (a < b ? -1 : 1)),
    ]),
  );
  return [...found.sort(), ...states.sort()].join('\n');
}
