/** Which noise levels a sampling visits, and where in them it begins and ends. */
import { LoomError, type DiffusionInfo, type LatentValue } from '@/engine/types';
import type { SamplerInfo } from './_math/define-sampler';
import { checkSchedule, scheduleOf, type ScheduleName } from './_math/schedules';

interface Asked {
  readonly steps: number;
  readonly schedule: ScheduleName;
  readonly strength: number;
  readonly startStep: number;
  readonly endStep: number;
}

/** Levels σ₀ … σ_n, and the steps first…last−1 of them that are taken. */
export interface Levels {
  readonly sigmas: Float64Array;
  readonly first: number;
  readonly last: number;
}

/**
 * Steps that a strength leaves of n: int(s·n), as LDM's `t_enc` and diffusers have it, so that a strength below 1
 * never means all of them.
 */
export const stepsOfStrength = (strength: number, steps: number): number => Math.floor(strength * steps);

/** The levels of a sampling. Throws `bad-input` and `invalid-param` where what is asked does not go together. */
export function levelsOf(
  asked: Asked,
  info: Pick<SamplerInfo, 'rising'>,
  from: {
    /** A wired schedule: replaces steps and schedule. */
    readonly schedule: Float64Array | undefined;
    readonly latent: LatentValue | undefined;
    readonly diffusion: DiffusionInfo;
  },
): Levels {
  const own = from.schedule ?? scheduleOf(asked.schedule, asked.steps, from.diffusion);
  if (info.rising) return risingLevels(own, asked, from.latent);
  checkSchedule(own);
  const { sigmas, first } = from.latent?.noisy
    ? resumeAt(own, from.latent)
    : { sigmas: own, first: firstStep(own, asked) };
  const steps = sigmas.length - 1;
  const last = Math.min(steps, asked.endStep + (steps - (own.length - 1)));
  checkOrder(first, last, asked);
  return { sigmas, first, last };
}

function firstStep(sigmas: Float64Array, { strength, startStep }: Asked): number {
  const steps = sigmas.length - 1;
  return Math.min(steps, Math.max(startStep, steps - stepsOfStrength(strength, steps)));
}

/** A schedule turned round, from the clean latent to noise; strength says how far up. */
function risingLevels(own: Float64Array, asked: Asked, latent: LatentValue | undefined): Levels {
  const rises = (own[0] ?? 0) < (own.at(-1) ?? 0);
  const sigmas = rises ? own : own.toReversed();
  checkSchedule(sigmas.toReversed());
  if (latent?.noisy) {
    throw new LoomError('bad-input', 'An inversion begins with a clean latent; this one is noisy already.', {
      port: 'latent',
    });
  }
  const steps = sigmas.length - 1;
  const first = Math.min(steps, asked.startStep);
  const last = Math.min(steps, asked.endStep, stepsOfStrength(asked.strength, steps));
  checkOrder(first, last, asked);
  return { sigmas, first, last };
}

function checkOrder(first: number, last: number, { endStep }: Asked): void {
  if (first <= last) return;
  throw new LoomError(
    'invalid-param',
    `The end step ${endStep} comes before the step ${first} at which this sampling begins.`,
    { path: 'endStep' },
  );
}

/** Where in the schedule a half-way latent stands; its level is put in when the schedule lacks it. */
export function resumeAt(sigmas: Float64Array, latent: LatentValue): { sigmas: Float64Array; first: number } {
  const level = latent.noisy?.sigma ?? 0;
  const found = sigmas.findIndex((sigma) => Math.abs(sigma - level) <= 1e-6 * level);
  if (found !== -1) return { sigmas, first: found };
  const first = sigmas.findIndex((sigma) => sigma < level);
  if (first === -1) {
    throw new LoomError(
      'bad-input',
      `The latent stands at σ = ${level.toPrecision(4)}, below the schedule's last level.`,
      { port: 'latent' },
    );
  }
  return { sigmas: Float64Array.from([...sigmas.slice(0, first), level, ...sigmas.slice(first)]), first };
}
