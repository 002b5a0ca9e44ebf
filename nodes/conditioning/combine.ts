import { z } from 'zod';
import { LoomError, broadcast, defineNode, port, union, v, type ConditioningValue } from '@/engine/types';

type Entries = ConditioningValue['entries'];

export const conditioningCombine = defineNode({
  id: 'conditioning/combine',
  version: 1,
  title: 'Combine conditions',
  category: 'conditioning',
  doc: "Merges parts into one condition: text and a map, or text, class and map together. Each part goes its own way into the U-Net (cross-attention or concatenation, the paper's hybrid conditioning). Two inputs must not bring the same part; to blend two prompts use Mix conditions.",
  aliases: ['Conditioning Concat', 'hybrid conditioning'],
  inputs: {
    a: port('conditioning', { for: v('K'), parts: v('P'), batch: broadcast(v('B')) }),
    b: port('conditioning', { for: v('K'), parts: v('Q'), batch: broadcast(v('B')) }),
    c: port('conditioning', { for: v('K'), parts: v('R'), batch: broadcast(v('B')) }, { optional: true }),
  },
  outputs: {
    conditioning: port('conditioning', { for: v('K'), parts: union(v('P'), v('Q'), v('R')), batch: v('B') }),
  },
  params: z.object({}),
  run({ inputs }) {
    const { a, b, c } = inputs;
    const merged = merge(merge(a.entries, b.entries, 'b'), c?.entries, 'c');
    return Promise.resolve({
      conditioning: { kind: 'conditioning', conditioner: a.conditioner, entries: merged },
    });
  },
});

/** Every pair of entries, with the parts of both, while both count. */
function merge(left: Entries, right: Entries | undefined, name: string): Entries {
  if (!right) return left;
  return left.flatMap((one) =>
    right.flatMap((other) => {
      const twice = Object.keys(one.parts).find((part) => part in other.parts);
      if (twice) {
        throw new LoomError(
          'bad-input',
          `Two inputs bring a ${twice} part.`,
          { port: name },
          { fix: 'Remove one of them, or blend them with Mix conditions.' },
        );
      }
      const start = Math.max(one.start, other.start);
      const end = Math.min(one.end, other.end);
      if (start >= end) return [];
      const area = one.area ?? other.area;
      return [
        {
          parts: { ...one.parts, ...other.parts },
          weight: one.weight * other.weight,
          start,
          end,
          ...(area && { area }),
        },
      ];
    }),
  );
}
