/** Checks of a document's sweeps. Their expansion is in `plan/sweep.ts`. */
import { definitionOf, type LoomDocument, type LoomSweep } from '../document/schema';
import type { Diagnostic } from '../types/diagnostics';
import type { NodeRegistry } from '../types/node';
import { getOwn } from '../types/get-own';

/** Combinations at most. */
export const maxIterations = 1024;

/** Values that a sweep goes through: its lists go in step, so the shortest counts. */
export const lengthOf = (sweep: LoomSweep): number =>
  sweep.params.length === 0 ? 0 : Math.min(...sweep.params.map(({ values }) => values.length));

/** What is wrong with a document's sweeps; what is wrong with one of their values is found in its iteration. */
export function sweepDiagnostics(document: LoomDocument, registry: NodeRegistry): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const report = (id: string, message: string, rest: Partial<Diagnostic> = {}): void => {
    diagnostics.push({ code: 'invalid-sweep', severity: 'error', path: `sweeps.${id}`, message, ...rest });
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
      const at = getOwn(document.nodes, node);
      if (!at) {
        report(id, `The sweep “${id}” varies the node “${node}”, which is not there.`);
        continue;
      }
      const definition = getOwn(document.definitions, definitionOf(at.type) ?? '');
      const known = definition
        ? Object.hasOwn(definition.params, param)
        : Object.hasOwn(registry.get(at.type)?.params.shape ?? { [param]: true }, param);
      if (!known)
        report(id, `The sweep “${id}” varies “${param}”, which is no parameter of “${node}”.`, { node });
    }
  }
  if (total > maxIterations)
    diagnostics.push({
      code: 'too-large',
      severity: 'error',
      path: 'sweeps',
      got: String(total),
      want: String(maxIterations),
      message: `The sweeps make ${total} combinations; at most ${maxIterations} are run.`,
    });
  return diagnostics;
}
