/** Sweeps: a run repeated over lists of values, without copies of nodes. */
import type { LoomDocument, LoomSweep } from '../document/schema';
import { lengthOf, maxIterations } from '../infer/sweep-check';
import { getOwn } from '../types/get-own';
import type { Iteration } from './plan-types';

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
    const at = getOwn(nodes, node);
    if (at) nodes[node] = { ...at, params: { ...at.params, [param]: value } };
  }
  return { ...document, nodes };
}
