import { z } from 'zod';
import { defineNode, port } from '@/engine/types';
import { modelSchedule } from './_math/model-schedule';
import { scheduleParam, shapeOptions, shapeParams, stepsParam } from './_schedule-params';
import { scheduleWarnings } from './_warnings';

export const samplingSchedule = defineNode({
  id: 'sampling/schedule',
  version: 1,
  title: 'Schedule',
  category: 'sampling',
  doc: 'The noise levels σ that a sampling visits, as its own node: the training steps of the model with leading, linspace or trailing spacing, Karras, exponential, polyexponential, beta, SGM-uniform, simple, normal (unrounded training steps), KL-optimal, DDIM-uniform or linear-quadratic. ρ, lowest and highest σ change the shape where a schedule has them; 0 keeps its own. The curve is drawn in the node.',
  aliases: [
    'BasicScheduler',
    'KarrasScheduler',
    'ExponentialScheduler',
    'PolyexponentialScheduler',
    'BetaSamplingScheduler',
    'SIGMAS',
  ],
  inputs: { unet: port('unet', {}, { doc: 'Gives the noise levels that were trained.' }) },
  outputs: { schedule: port('schedule') },
  params: z.object({ steps: stepsParam, schedule: scheduleParam, ...shapeParams }),
  warnings: scheduleWarnings,
  run({ inputs, params }) {
    const { sigmas, start } = modelSchedule(
      params.schedule,
      params.steps,
      inputs.unet.unet,
      shapeOptions(params),
    );
    return Promise.resolve({ schedule: { kind: 'schedule', sigmas, start } });
  },
});
