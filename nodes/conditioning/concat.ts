import { z } from 'zod';
import { broadcast, defineNode, port, v, type ConditioningPart } from '@/engine/types';
import { repeatBatch } from '../_shared/latent';
import { firstEntry } from './_entry';

export const conditioningConcat = defineNode({
  id: 'conditioning/concat',
  version: 1,
  title: 'Join prompts',
  category: 'conditioning',
  doc: 'Joins the tokens of two prompts along the sequence, so that every attention layer reads both: two thoughts that do not run into each other, and more words than one prompt holds. Takes one pass of the network, unlike Mix conditions.',
  aliases: ['ConditioningConcat', 'Conditioning (Concat)', 'BREAK'],
  inputs: {
    a: port('conditioning', { for: v('K'), parts: v('P'), batch: broadcast(v('B')) }),
    b: port('conditioning', { for: v('K'), parts: v('Q'), batch: broadcast(v('B')) }),
  },
  outputs: { conditioning: port('conditioning', { for: v('K'), parts: v('P'), batch: v('B') }) },
  params: z.object({}),
  run({ inputs, runtime }) {
    const { ops } = runtime;
    const other = firstEntry(inputs.b).parts.text;
    const join = (part: ConditioningPart): ConditioningPart => {
      if (part.part !== 'text' || other?.part !== 'text') return part;
      const batch = Math.max(part.context.dims[0] ?? 1, other.context.dims[0] ?? 1);
      const context = ops.concat(
        [part, other].map((one) => repeatBatch(ops, one.context, batch, 'prompts')),
        1,
      );
      return { ...part, context, label: `${part.label} + ${other.label}` };
    };
    const entries = inputs.a.entries.map((entry) => ({
      ...entry,
      parts: Object.fromEntries(Object.values(entry.parts).map((part) => [part.part, join(part)])),
    }));
    return Promise.resolve({
      conditioning: { kind: 'conditioning', conditioner: inputs.a.conditioner, entries },
    });
  },
});
