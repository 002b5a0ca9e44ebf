/** Which noise levels a sampling visits, and where in them it begins and ends. */
import { LoomError, type LatentValue, type ScheduleValue } from '@/engine/types';
import type { SamplerInfo } from './_math/define-sampler';
import type { DialectName } from './_math/dialect-names';
import { dialectLevels, dialects, type Part } from './_math/dialects';
import type { SamplerName } from './_math/samplers';
import { modelSchedule, type ScheduleChoice, type ScheduledModel } from './_math/model-schedule';
import { checkSchedule } from './_math/schedules';

interface Asked {
  readonly sampler: SamplerName;
  readonly dialect: DialectName;
  readonly steps: number;
  readonly schedule: ScheduleChoice;
  readonly strength: number;
  readonly startStep: number;
  readonly endStep: number;
}

/** Levels that fall, and how their source scales the start noise, where it says so. */
type Falling = Pick<ScheduleValue, 'sigmas' | 'start'>;

/** Levels σ₀ … σ_n, and the steps first…last−1 of them that are taken. */
export interface Levels {
  readonly sigmas: Float64Array;
  readonly first: number;
  readonly last: number;
  /** How the schedule's source scales the start noise; undefined = as the dialect does. */
  readonly start: ScheduleValue['start'];
  /** The last level is above 0 but stands for it: what is there counts as clean, in the paper's scale where `scaled`. */
  readonly end: { readonly sigma: number; readonly scaled: boolean } | undefined;
}

/** The levels of a sampling. Throws `bad-input` and `invalid-param` where what is asked does not go together. */
export function levelsOf(
  asked: Asked,
  info: Pick<SamplerInfo, 'rising'>,
  from: {
    /** A wired schedule: replaces steps and schedule. */
    readonly schedule: ScheduleValue | undefined;
    readonly latent: LatentValue | undefined;
    readonly model: ScheduledModel;
  },
): Levels {
  const { dialect, sampler, schedule, steps: asking } = asked;
  const { diffusion } = from.model;
  const falling = (rules: DialectName, steps: number): Falling => {
    if (from.schedule) return from.schedule;
    if (schedule === 'own' || schedule === 'lcm') return modelSchedule(schedule, steps, from.model);
    return { sigmas: dialectLevels(rules, sampler, schedule, steps, diffusion) };
  };
  if (info.rising) return risingLevels(falling('ours', asking).sigmas, asked, from.latent);
  const part = partOf(asked, from.schedule?.sigmas, from.latent);
  const { sigmas: own, start } = falling(dialect, part?.steps ?? asking);
  checkSchedule(own);
  const begin = part ? Math.max(0, own.length - 1 - part.taken) : 0;
  // ComfyUI numbers the steps that it takes, the others those of the schedule.
  const zero = dialect === 'comfy' && from.schedule === undefined ? begin : 0;
  const { sigmas, first } = from.latent?.noisy
    ? resumeAt(own, from.latent)
    : { sigmas: own, first: Math.min(own.length - 1, Math.max(begin, zero + asked.startStep)) };
  const steps = sigmas.length - 1;
  const last = Math.min(steps, zero + asked.endStep + (steps - (own.length - 1)));
  if (first > last) refuseOrder(first, asked);
  const stands = dialects[dialect].end(sampler, diffusion);
  const ends = from.schedule === undefined && last === steps && stands.sigma > 0;
  return { sigmas, first, last, start, end: ends && sigmas[last] === stands.sigma ? stands : undefined };
}

/** The part that a strength leaves; undefined = all of it. */
function partOf(
  { dialect, strength, steps }: Asked,
  schedule: Float64Array | undefined,
  latent: LatentValue | undefined,
): Part | undefined {
  if (latent?.noisy) return undefined;
  // A1111 counts a strength of 1 beside a latent as 0.999.
  if (strength === 1 && !(dialect === 'a1111' && latent)) return undefined;
  if (schedule) return dialects.ours.part(strength, schedule.length - 1);
  return dialects[dialect].part(strength, steps);
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
  const last = Math.min(steps, asked.endStep, dialects.ours.part(asked.strength, steps).taken);
  if (first > last) refuseOrder(first, asked);
  return { sigmas, first, last, start: undefined, end: undefined };
}

function refuseOrder(first: number, { endStep }: Asked): never {
  throw new LoomError(
    'invalid-param',
    `The end step ${endStep} comes before the step ${first} at which this sampling begins.`,
    { path: 'endStep' },
  );
}

/** Where in the schedule a half-way latent stands; its level is put in when the schedule lacks it. */
function resumeAt(sigmas: Float64Array, latent: LatentValue): { sigmas: Float64Array; first: number } {
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
