/** Schedules that depend on what the model's makers say: their own, and that of consistency models. */
import { LoomError, type DiffusionInfo, type Recommendation } from '@/engine/types';
import { noiseLevels } from './noise-levels';
import {
  checkSchedule,
  scheduleNames,
  scheduleOf,
  type ScheduleName,
  type ScheduleOptions,
} from './schedules';

/** Every schedule that a node offers. `own`: as the model's makers sample it. */
export const scheduleChoices = [...scheduleNames, 'lcm', 'own'] as const;
export type ScheduleChoice = (typeof scheduleChoices)[number];

/** What a schedule is made for. */
export interface ScheduledModel {
  readonly diffusion: DiffusionInfo;
  readonly recommended?: Recommendation;
}

/** Levels, the final 0 included, and how the start noise is scaled. */
export interface ModelSchedule {
  readonly sigmas: Float64Array;
  readonly start: NonNullable<Recommendation['start']>;
}

const isSchedule = (name: string | undefined): name is ScheduleName =>
  scheduleNames.some((known) => known === name);

/** Throws `invalid-param` for a number of steps that the schedule has not. */
export function modelSchedule(
  choice: ScheduleChoice,
  steps: number,
  { diffusion, recommended = {} }: ScheduledModel,
  options: ScheduleOptions = {},
): ModelSchedule {
  if (choice === 'lcm') return { sigmas: lcmLevels(steps, diffusion, recommended), start: 'variance' };
  if (choice !== 'own') return { sigmas: scheduleOf(choice, steps, diffusion, options), start: 'variance' };
  const { schedule, start = 'variance', stepsOffset = 1 } = recommended;
  if (schedule === 'lcm') return { sigmas: lcmLevels(steps, diffusion, recommended), start };
  if (schedule === 'leading') return { sigmas: leadingLevels(steps, diffusion, stepsOffset), start };
  const name = isSchedule(schedule) ? schedule : 'trailing';
  return { sigmas: scheduleOf(name, steps, diffusion, options), start };
}

/** Every ⌊T/n⌋-th training step from `offset` (diffusers' "leading" with `steps_offset`). */
function leadingLevels(n: number, diffusion: DiffusionInfo, offset: number): Float64Array {
  const levels = noiseLevels(diffusion);
  checkCount(n, levels.count);
  const stride = Math.floor(levels.count / n);
  const from = Math.min(offset, levels.count - 1 - (n - 1) * stride);
  return finished(Array.from({ length: n }, (_, i) => levels.sigmaAt((n - 1 - i) * stride + from)));
}

/**
 * n of the levels that a consistency model was distilled at, evenly from the noisiest: of 50 over 1000 training
 * steps 999, 759, 499, 259 (Luo et al. 2310.04378; diffusers' LCMScheduler).
 */
function lcmLevels(
  n: number,
  diffusion: DiffusionInfo,
  { originalSteps = 50 }: Recommendation,
): Float64Array {
  const levels = noiseLevels(diffusion);
  const trained = Math.min(originalSteps, levels.count);
  checkCount(n, trained);
  const stride = Math.floor(levels.count / trained);
  return finished(
    Array.from({ length: n }, (_, i) =>
      levels.sigmaAt((trained - Math.floor((i * trained) / n)) * stride - 1),
    ),
  );
}

function checkCount(n: number, most: number): void {
  if (Number.isInteger(n) && n >= 1 && n <= most) return;
  throw new LoomError('invalid-param', `A schedule of this model has 1 to ${most} steps, not ${n}.`, {
    path: 'steps',
  });
}

function finished(levels: readonly number[]): Float64Array {
  const sigmas = Float64Array.from([...levels, 0]);
  checkSchedule(sigmas);
  return sigmas;
}
