/** How much memory a run will hold, before it starts. */
import type { Catalog } from '../types/node';
import type { MemoryPlan } from './memory-types';
import type { Plan } from './plan-types';

/** Estimates a run's memory from what packages say of themselves. */
export function memoryPlan(_plan: Pick<Plan, 'steps' | 'byKey' | 'targets'>, _catalog: Catalog): MemoryPlan {
  return { peak: 0, weights: 0, steps: [], complete: false };
}
