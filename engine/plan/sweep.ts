/** Sweeps: a run repeated over lists of values, without copies of nodes. */
import type { LoomDocument, LoomSweep } from '../document/schema';
import type { NodeRegistry } from '../types/node';
import { own } from './own';
import type { Iteration } from './plan-types';
import { definitionOf } from '../document/schema';
import type { Diagnostic } from '../types/diagnostics';

/** Combinations at most. */
export const maxIterations = 1024;

const lengthOf = (sweep: LoomSweep): number =>
  sweep.params.length === 0 ? 0 : Math.min(...sweep.params.map(({ values }) => values.length));

const active = (document: LoomDocument): [string, LoomSweep][] =>
  Object.entries(document.sweeps).filter(([, sweep]) => sweep.enabled && lengthOf(sweep) > 0);

/** Every combination, the last sweep turning fastest; one without values when nothing is swept. */
export function iterationsOf(document: LoomDocument): readonly Iteration[] {
  let combinations: Iteration['values'][] = [[]];
  for (const [, sweep] of active(document)) {
    const next: Iteration['values'][] = [];
    for (const values of combinations)
      for (let k = 0; k < lengthOf(sweep) && next.length < maxIterations; k++)
        next.push([
          ...values,
          ...sweep.params.map(({ node, param, values: list }) => ({ node, param, value: list[k] ?? null })),
        ]);
    combinations = next;
  }
  return combinations.map((values, index) => ({ index, values }));
}

/** The document with one combination's values in place. Untouched nodes keep their identity. */
export function withValues(document: LoomDocument, { values }: Iteration): LoomDocument {
  if (values.length === 0) return document;
  const nodes = { ...document.nodes };
  for (const { node, param, value } of values) {
    const at = own(nodes, node);
    if (at) nodes[node] = { ...at, params: { ...at.params, [param]: value } };
  }
  return { ...document, nodes };
}

/** What is wrong with a document's sweeps; what is wrong with one of their values is found in its iteration. */
export function sweepFindings(document: LoomDocument, registry: NodeRegistry): Diagnostic[] {
  const findings: Diagnostic[] = [];
  const report = (id: string, message: string, rest: Partial<Diagnostic> = {}): void => {
    findings.push({ code: 'invalid-sweep', severity: 'error', path: `sweeps.${id}`, message, ...rest });
  };
  let total = 1;
  for (const [id, sweep] of Object.entries(document.sweeps)) {
    if (!sweep.enabled) continue;
    const lengths = new Set(sweep.params.map(({ values }) => values.length));
    if (lengths.size > 1)
      report(
        id,
        `The lists of the sweep “${id}” go in step but differ in length (${[...lengths].join(', ')}); the rest of the longer ones is not used.`,
        { severity: 'warning' },
      );
    if (lengthOf(sweep) > 0) total *= lengthOf(sweep);
    for (const { node, param } of sweep.params) {
      const at = own(document.nodes, node);
      if (!at) {
        report(id, `The sweep “${id}” varies the node “${node}”, which is not there.`);
        continue;
      }
      const definition = own(document.definitions, definitionOf(at.type) ?? '');
      const known = definition
        ? Object.hasOwn(definition.params, param)
        : Object.hasOwn(registry.get(at.type)?.params.shape ?? { [param]: true }, param);
      if (!known)
        report(id, `The sweep “${id}” varies “${param}”, which is no parameter of “${node}”.`, { node });
    }
  }
  if (total > maxIterations)
    findings.push({
      code: 'too-large',
      severity: 'error',
      path: 'sweeps',
      got: String(total),
      want: String(maxIterations),
      message: `The sweeps make ${total} combinations; at most ${maxIterations} are run.`,
    });
  return findings;
}
