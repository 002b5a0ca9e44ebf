import { z } from 'zod';
import { defineNode, port, v, type ConditioningPart } from '@/engine/types';

const fields = { for: v('K'), parts: v('P'), batch: v('B') };

export const conditioningZero = defineNode({
  id: 'conditioning/zero',
  version: 1,
  title: 'Zero condition',
  category: 'conditioning',
  doc: 'Replaces the embeddings of a condition by zeros of the same shape: a condition that says nothing, which is not the same as the empty prompt. Some models were trained to take it as their null.',
  aliases: ['ConditioningZeroOut', 'Zero out'],
  inputs: { conditioning: port('conditioning', fields) },
  outputs: { conditioning: port('conditioning', fields) },
  params: z.object({}),
  run({ inputs, runtime }) {
    const { ops } = runtime;
    const zero = (part: ConditioningPart): ConditioningPart =>
      'context' in part
        ? {
            ...part,
            context: ops.full(part.context.dims, 0),
            ...(part.vector && { vector: ops.full(part.vector.dims, 0) }),
            label: '0',
          }
        : part;
    const entries = inputs.conditioning.entries.map((entry) => ({
      ...entry,
      parts: Object.fromEntries(Object.values(entry.parts).map((part) => [part.part, zero(part)])),
    }));
    return Promise.resolve({
      conditioning: { kind: 'conditioning', conditioner: inputs.conditioning.conditioner, entries },
    });
  },
});
