/** What the sampling nodes warn of while they are wired. */
import type { NodeWarning } from '@/engine/types';
import { dialects } from './_math/dialects';
import { samplers, type SamplerName } from './_math/samplers';
import type { DialectName } from './_math/dialect-names';
import type { ScheduleChoice } from './_math/model-schedule';
import { leadingReach } from './_math/schedules';

interface Scheduled {
  readonly schedule: ScheduleChoice;
  readonly steps: number;
}
interface Sampler extends Scheduled {
  readonly sampler: SamplerName;
  readonly dialect: DialectName;
  readonly strength: number;
  readonly order: number;
  readonly startStep: number;
  readonly endStep: number;
}
interface Unet {
  readonly guidance: number;
  readonly perPart: boolean;
  readonly textScale: number;
  readonly classScale: number;
  readonly mapScale: number;
  readonly imageScale: number;
  readonly from: number;
  readonly to: number;
}

/** Every network that we know was trained in so many steps; one that was not only misses this hint. */
const trained = 1000;

const shortLeading: NodeWarning<Scheduled> = {
  message:
    '“leading” with {steps} steps begins at training step {from} of {trained}, far from pure noise. Take a number of steps that divides {trained}, or “trailing”.',
  path: 'schedule',
  when({ schedule, steps }, connected) {
    if (schedule !== 'leading' || connected('schedule') || steps > trained) return false;
    if (leadingReach(steps, trained) >= 0.95) return false;
    return { steps, trained, from: (steps - 1) * Math.floor(trained / steps) + 1 };
  },
};

/** Steps that a strength takes of those asked for; undefined where only the run will tell. */
function taken({ dialect, strength, steps }: Sampler, connected: (input: string) => boolean) {
  if (connected('schedule')) return undefined;
  return strength === 1 ? steps : dialects[dialect].part(strength, steps).taken;
}

export const samplerWarnings: Readonly<Record<string, NodeWarning<Sampler>>> = {
  'no-step-left': {
    message: 'a strength of {strength} leaves none of {steps} steps: the latent comes out as it is.',
    path: 'strength',
    when: (params, connected) =>
      taken(params, connected) === 0 && { strength: params.strength, steps: params.steps },
  },
  'start-beyond-end': {
    message: 'the start step {start} lies at or beyond the last step {end}: no step is left.',
    path: 'startStep',
    when(params, connected) {
      const end = Math.min(params.endStep, connected('schedule') ? params.endStep : params.steps);
      return params.startStep > 0 && params.startStep >= end && { start: params.startStep, end };
    },
  },
  'needs-latent': {
    message: 'a sampling that begins half-way needs a latent to begin with. Wire an encoded image into it.',
    port: 'latent',
    severity: 'error',
    when: ({ sampler, strength, startStep }, connected) =>
      !connected('latent') && !samplers[sampler].rising && (strength < 1 || startStep > 0),
  },
  'mask-needs-latent': {
    message: 'a mask needs the latent that it keeps.',
    port: 'latent',
    severity: 'error',
    when: (_, connected) => connected('mask') && !connected('latent'),
  },
  'inversion-needs-latent': {
    message: 'an inversion needs the latent that it brings back to noise.',
    port: 'latent',
    severity: 'error',
    when: ({ sampler }, connected) => samplers[sampler].rising && !connected('latent') && !connected('mask'),
  },
  'inversion-takes-no-mask': {
    message: 'an inversion brings the whole latent back to noise; it takes no mask.',
    port: 'mask',
    severity: 'error',
    when: ({ sampler }, connected) => samplers[sampler].rising && connected('mask') && connected('latent'),
  },
  'order-unused': {
    message: '{sampler} has no order above {highest}; the order {order} counts as that.',
    path: 'order',
    when({ sampler, order }) {
      const { highestOrder: highest, title } = samplers[sampler];
      return order > highest && { sampler: title, order, highest };
    },
  },
  'leading-falls-short': shortLeading,
};

export const scheduleWarnings: Readonly<Record<string, NodeWarning<Scheduled>>> = {
  'leading-falls-short': shortLeading,
};

export const unetWarnings: Readonly<Record<string, NodeWarning<Unet>>> = {
  'negative-unused': {
    message: 'at guidance 1 the negative condition counts nothing (but for CFG++ samplers).',
    port: 'negative',
    when({ perPart, guidance, ...scales }, connected) {
      const { textScale, classScale, mapScale, imageScale } = scales;
      const all = perPart ? [textScale, classScale, mapScale, imageScale] : [guidance];
      return connected('negative') && all.every((scale) => scale === 1);
    },
  },
  'interval-reversed': {
    message: 'guidance ends ({to}) before it begins ({from}): it never acts.',
    path: 'to',
    when: ({ from, to }) => from > to && { from, to },
  },
};
