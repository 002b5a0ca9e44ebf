/** What every node that makes a condition puts out. */
import { LoomError, type Conditioner, type ConditioningPart, type ConditioningValue } from '@/engine/types';

/** A condition of one part that counts fully during the whole sampling. */
export const onePart = (conditioner: Conditioner, part: ConditioningPart): ConditioningValue => ({
  kind: 'conditioning',
  conditioner,
  entries: [{ parts: { [part.part]: part }, weight: 1, start: 0, end: 1 }],
});

/**
 * The first of the conditions that were mixed: what other conditions are joined with.
 * @throws LoomError `bad-input` when there is none
 */
export function firstEntry(value: ConditioningValue): ConditioningValue['entries'][number] {
  const [first] = value.entries;
  if (!first) throw new LoomError('bad-input', 'This condition is empty.');
  return first;
}
