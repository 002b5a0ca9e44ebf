/** Parameters of a schedule, shared by the sampler and the schedule node. */
import { z } from 'zod';
import { scheduleChoices } from './_math/model-schedule';
import type { ScheduleOptions } from './_math/schedules';

export const stepsParam = z
  .int()
  .min(1)
  .max(1000)
  .default(20)
  .meta({ widget: 'slider', label: 'Steps', min: 1, max: 100, step: 1 });

export const scheduleParam = z
  .enum(scheduleChoices)
  .default('trailing')
  .meta({
    widget: 'schedule-plot',
    label: 'Schedule',
    options: {
      karras: 'Karras',
      'sgm-uniform': 'SGM uniform',
      'kl-optimal': 'KL optimal',
      'ddim-uniform': 'DDIM uniform',
      lcm: 'LCM',
      own: 'Model’s own',
    },
  });

const level = (label: string) =>
  z.number().min(0).max(1000).default(0).meta({ label, min: 0, step: 0.01, advanced: true });

export const shapeParams = {
  rho: z.number().min(0).max(20).default(0).meta({ label: 'ρ', min: 0, max: 20, step: 0.5, advanced: true }),
  sigmaMin: level('Lowest σ'),
  sigmaMax: level('Highest σ'),
};

/** 0 means "its own": what the schedule's source uses. */
export function shapeOptions(params: {
  readonly rho: number;
  readonly sigmaMin: number;
  readonly sigmaMax: number;
}): ScheduleOptions {
  return {
    ...(params.rho > 0 && { rho: params.rho }),
    ...(params.sigmaMin > 0 && { sigmaMin: params.sigmaMin }),
    ...(params.sigmaMax > 0 && { sigmaMax: params.sigmaMax }),
  };
}
