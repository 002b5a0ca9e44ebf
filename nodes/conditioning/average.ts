import { z } from 'zod';
import {
  LoomError,
  broadcast,
  defineNode,
  port,
  v,
  type ConditioningPart,
  type Tensor,
} from '@/engine/types';
import { repeatBatch } from '../_shared/latent';
import { fraction } from '../_shared/params';
import { firstEntry } from './_entry';

export const conditioningAverage = defineNode({
  id: 'conditioning/average',
  version: 1,
  title: 'Average prompts',
  category: 'conditioning',
  doc: 'Blends the embeddings of two prompts token by token: weight 1 is all A, weight 0 all B. One pass of the network draws something between them; to blend the predictions instead, use Mix conditions, and for a whole walk Interpolate conditions.',
  aliases: ['ConditioningAverage', 'Conditioning Average', 'Blend prompts'],
  inputs: {
    a: port('conditioning', { for: v('K'), parts: v('P'), batch: broadcast(v('B')) }),
    b: port('conditioning', { for: v('K'), parts: v('Q'), batch: broadcast(v('B')) }),
  },
  outputs: { conditioning: port('conditioning', { for: v('K'), parts: v('P'), batch: v('B') }) },
  params: z.object({ weight: fraction('Weight of A', 0.5) }),
  run({ inputs, params, runtime }) {
    const { ops } = runtime;
    const other = firstEntry(inputs.b);
    /** B as long as A: cut, or filled with zeros. */
    const fitted = (from: Tensor, to: Tensor): Tensor => {
      const [length = 0, width = 0] = to.dims.slice(1);
      const [own = 0, theirs = 0] = from.dims.slice(1);
      if (theirs !== width)
        throw new LoomError('bad-input', 'The prompts are of different text encoders.', { port: 'b' });
      if (own === length) return from;
      return own > length
        ? ops.slice(from, 1, 0, length)
        : ops.concat([from, ops.full([from.dims[0] ?? 1, length - own, width], 0)], 1);
    };
    const blend = (part: ConditioningPart): ConditioningPart => {
      const twin = other.parts[part.part];
      if (!('context' in part) || !twin || !('context' in twin)) return part;
      const batch = Math.max(part.context.dims[0] ?? 1, twin.context.dims[0] ?? 1);
      const context = ops.linear([
        [params.weight, repeatBatch(ops, part.context, batch, 'prompts')],
        [1 - params.weight, repeatBatch(ops, fitted(twin.context, part.context), batch, 'prompts')],
      ]);
      const vector =
        part.vector && twin.vector
          ? ops.linear([
              [params.weight, repeatBatch(ops, part.vector, batch, 'prompts')],
              [1 - params.weight, repeatBatch(ops, twin.vector, batch, 'prompts')],
            ])
          : (part.vector ?? twin.vector);
      return { ...part, context, ...(vector && { vector }), label: `${part.label} ↔ ${twin.label}` };
    };
    const entries = inputs.a.entries.map((entry) => ({
      ...entry,
      parts: Object.fromEntries(Object.values(entry.parts).map((part) => [part.part, blend(part)])),
    }));
    return Promise.resolve({
      conditioning: { kind: 'conditioning', conditioner: inputs.a.conditioner, entries },
    });
  },
});
