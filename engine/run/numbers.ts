/** Results that are no numbers: found at sinks, traced to the node that made them. */
import type { Plan, PlanStep } from '../graph/plan-types';
import type { Backend } from '../types/backend';
import type { AnyValue } from '../types/values';
import type { Cache } from './cache';
import { tensorsOf } from './values';

/** Whether any float32 tensor of the values holds a NaN. Reads back one small result for each. */
export async function hasNaN(values: readonly AnyValue[], backend: Backend): Promise<boolean> {
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
export async function culprit(plan: Plan, sink: PlanStep, cache: Cache, backend: Backend): Promise<string> {
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
