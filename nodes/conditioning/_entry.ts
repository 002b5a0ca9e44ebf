/** What every node that makes a condition puts out. */
import type { Conditioner, ConditioningPart, ConditioningValue } from '@/engine/types';

/** A condition of one part that counts fully during the whole sampling. */
export const onePart = (conditioner: Conditioner, part: ConditioningPart): ConditioningValue => ({
  kind: 'conditioning',
  conditioner,
  entries: [{ parts: { [part.part]: part }, weight: 1, start: 0, end: 1 }],
});
