import { z } from 'zod';
import { LoomError, defineNode, port, v } from '@/engine/types';
import { fraction } from '../_shared/params';

export const conditioningRange = defineNode({
  id: 'conditioning/range',
  version: 1,
  title: 'Condition range',
  category: 'conditioning',
  doc: 'Lets a condition count only during part of the sampling, given as fractions of its steps: 0 is the first step (all noise, where the layout is decided), 1 the last (detail). Mix two ranged conditions to change the prompt half-way. Where no condition counts, the null condition does.',
  aliases: ['ConditioningSetTimestepRange', 'Prompt scheduling', 'Timestep range'],
  inputs: { conditioning: port('conditioning', { for: v('K'), parts: v('P'), batch: v('B') }) },
  outputs: { conditioning: port('conditioning', { for: v('K'), parts: v('P'), batch: v('B') }) },
  params: z.object({ start: fraction('Start', 0), end: fraction('End', 1) }),
  warnings: {
    'range-reversed': {
      message: 'the range must begin ({start}) before it ends ({end}).',
      path: 'end',
      severity: 'error',
      when: ({ start, end }) => start >= end && { start, end },
    },
  },
  run({ inputs, params }) {
    if (params.start >= params.end) {
      throw new LoomError('invalid-param', 'The range must begin before it ends.', { path: 'end' });
    }
    const { conditioning } = inputs;
    const entries = conditioning.entries.flatMap((entry) => {
      const start = Math.max(entry.start, params.start);
      const end = Math.min(entry.end, params.end);
      return start < end ? [{ ...entry, start, end }] : [];
    });
    return Promise.resolve({ conditioning: { ...conditioning, entries } });
  },
});
