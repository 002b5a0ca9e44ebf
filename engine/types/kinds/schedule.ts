import { z } from 'zod';
import { defineKind, none, valueSchema } from './kind';

/** Noise levels σ₀ > … > σ_n, the last one 0 for a whole sampling (k-diffusion's convention). */
export interface ScheduleValue {
  readonly kind: 'schedule';
  readonly sigmas: Float64Array;
  /** How start noise n is scaled at σ₀: √(1 + σ²)·n, or σ·n (k-diffusion). Default `variance`. */
  readonly start?: 'variance' | 'sigma';
}

export const schedule = defineKind<ScheduleValue>({
  fields: [],
  schema: valueSchema<ScheduleValue>('schedule', { sigmas: z.instanceof(Float64Array) }),
  tensors: none,
  known: () => ({}),
  rebuild: (value) => value,
});
