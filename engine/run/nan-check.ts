/** Results that are no numbers: found at sinks, traced to the node that made them. */
import type { Plan, PlanStep } from '../plan/plan-types';
import type { Backend } from '../types/backend';
import { LoomError } from '../types/error';
import type { AnyValue } from '../types/kinds';
import type { Cache, Entry } from './cache';
import type { RetainedResults } from './retained-results';
import type { Report } from './report';
import { tensorsOf, type Values } from './values';

/** Whether any float32 tensor of the values holds a NaN. Reads back one small result for each. */
async function hasNaN(values: readonly AnyValue[], backend: Backend): Promise<boolean> {
  const scope = backend.scope();
  try {
    for (const tensor of new Set(values.flatMap(tensorsOf))) {
      if (tensor.dtype !== 'float32') continue;
      const stats = await scope.ops.stats(tensor);
      if (stats.some(({ nan }) => nan > 0)) return true;
    }
    return false;
  } finally {
    scope.release();
  }
}

/** Key of the first step (in the plan's order) before `sink` whose result, still held, has a NaN. */
async function culprit(plan: Plan, sink: PlanStep, cache: Cache, backend: Backend): Promise<string> {
  const before = new Set<string>();
  const stack = [sink.key];
  for (let key = stack.pop(); key !== undefined; key = stack.pop())
    for (const { step } of Object.values(plan.byKey.get(key)?.inputs ?? {})) {
      if (before.has(step)) continue;
      before.add(step);
      stack.push(step);
    }
  for (const { key } of plan.steps) {
    const entry = before.has(key) ? cache.peek(key) : undefined;
    if (!entry) continue;
    cache.pin(entry);
    try {
      if (await hasNaN(Object.values(entry.values), backend)) return key;
    } finally {
      cache.unpin(entry);
    }
  }
  return sink.key;
}

/**
 * Looks for NaN in what reaches a sink, and for the first node that made it.
 * @throws LoomError `not-a-number`
 */
export async function checkSink(
  step: PlanStep,
  inputs: Values,
  plan: Plan,
  { cache, backend }: { readonly cache: Cache; readonly backend: Backend },
  report: Report,
): Promise<void> {
  if (!(await hasNaN(Object.values(inputs), backend))) return;
  const fault = plan.byKey.get(await culprit(plan, step, cache, backend)) ?? step;
  const error = notANumber(fault);
  if (fault !== step) report.failure(fault, error);
  // What was made from the spoilt result is spoilt too.
  const spoilt = new Set([fault.key]);
  for (const { key, inputs: fed } of plan.steps)
    if (Object.values(fed).some(({ step: from }) => spoilt.has(from))) spoilt.add(key);
  for (const key of spoilt) cache.drop(key);
  throw error;
}

/** Refuses a result with NaN at the node that made it. @throws LoomError `not-a-number` */
export async function refuseNaN(
  step: PlanStep,
  entry: Entry,
  backend: Backend,
  retained: RetainedResults,
): Promise<void> {
  if (!(await hasNaN(Object.values(entry.values), backend))) return;
  retained.discard(entry);
  throw notANumber(step);
}

function notANumber({ refs, definition }: PlanStep): LoomError {
  return new LoomError(
    'not-a-number',
    `“${definition.title}” (${refs[0].node}) made values that are not numbers (NaN).`,
    { node: refs[0].node },
    { fix: 'Lower the guidance or the noise level, or run in full precision.' },
  );
}
