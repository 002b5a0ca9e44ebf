/** Fetches the networks that a run will need while it already computes: loading goes on beside encoding. */
import type { Plan } from '../plan/plan-types';
import type { ModelSource } from '../types/model';

/**
 * Begins to fetch, in the order of their first use, the networks of the steps that
 * will really run. A failure here is nobody's: the node that needs the network
 * meets it again and reports it. `end` drops what was fetched and not used.
 */
export function prefetch(
  plan: Plan,
  runs: (step: string) => boolean,
  { models }: { readonly models: ModelSource },
): { readonly end: () => void } {
  const stop = new AbortController();
  if (models.prefetch) {
    const due = plan.memory.networks.filter(({ step }) => runs(step));
    if (due.length > 0) models.prefetch(due, { signal: stop.signal });
  }
  return { end: () => stop.abort() };
}
