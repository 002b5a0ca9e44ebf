import { z } from 'zod';
import { defineKind, none, valueSchema } from './kind';

/** Noise levels σ₀ > … > σ_n, the last one 0 for a whole sampling (k-diffusion's convention). */
export interface ScheduleValue {
  readonly kind: 'schedule';
  readonly sigmas: Float64Array;
}

export const schedule = defineKind<ScheduleValue>({
  fields: [],
  schema: valueSchema<ScheduleValue>('schedule', { sigmas: z.instanceof(Float64Array) }),
  tensors: none,
  known: () => ({}),
  rebuild: (value) => value,
});
