import { LoomError } from '../types/error';
import type { Inference } from './inference';
import type { Plan, PlanOptions } from './plan-types';

export function plan(_inference: Inference, _options: PlanOptions = {}): Plan {
  throw new LoomError('unsupported', 'Not built yet.');
}
