import { z } from 'zod';
import {
  LoomError,
  broadcast,
  defineNode,
  port,
  v,
  type ConditioningPart,
  type ConditioningValue,
} from '@/engine/types';

export const conditioningInterpolate = defineNode({
  id: 'conditioning/interpolate',
  version: 1,
  title: 'Interpolate conditions',
  category: 'conditioning',
  doc: 'Walks from one condition to another by linear interpolation of their embeddings, in equal steps: the result is a batch, element 0 being A and the last B. With noise of the same batch (set Same noise) one run draws the whole walk. Both must have the same parts of cross-attention; a map or image part is taken from A.',
  aliases: ['Prompt interpolation', 'Prompt travel', 'ConditioningAverage batch'],
  inputs: {
    a: port('conditioning', { for: v('K'), parts: v('P'), batch: broadcast(v('B')) }),
    b: port('conditioning', { for: v('K'), parts: v('P') }),
  },
  outputs: { conditioning: port('conditioning', { for: v('K'), parts: v('P'), batch: v('B') }) },
  params: z.object({
    count: z.int().min(2).max(64).default(5).meta({ label: 'Count', min: 2, max: 64, step: 1 }),
  }),
  refine: ({ count }) => ({
    a: { kind: 'conditioning', fields: { batch: broadcast(count) } },
    conditioning: { kind: 'conditioning', fields: { batch: count } },
  }),
  run({ inputs, params, runtime }) {
    const { ops } = runtime;
    const from = single(inputs.a, 'a');
    const to = single(inputs.b, 'b');
    const blend = (one: ConditioningPart): ConditioningPart => {
      const other = to.parts[one.part];
      if (!('context' in one) || !other || !('context' in other)) return one;
      if (one.context.dims.join() !== other.context.dims.join() || one.context.dims[0] !== 1) {
        throw new LoomError('bad-input', `The ${one.part} parts have different shapes.`, { port: 'b' });
      }
      const steps = Array.from({ length: params.count }, (_, i) => {
        const t = i / (params.count - 1);
        return ops.linear([
          [1 - t, one.context],
          [t, other.context],
        ]);
      });
      return { ...one, context: ops.concat(steps, 0), label: `${one.label} → ${other.label}` };
    };
    const parts = Object.fromEntries(Object.values(from.parts).map((part) => [part.part, blend(part)]));
    return Promise.resolve({
      conditioning: {
        kind: 'conditioning',
        conditioner: inputs.a.conditioner,
        entries: [{ ...from, parts }],
      },
    });
  },
});

function single(value: ConditioningValue, name: string): ConditioningValue['entries'][number] {
  const [only, ...more] = value.entries;
  if (!only || more.length > 0) {
    throw new LoomError('bad-input', 'Interpolation takes a single condition, not a mix.', { port: name });
  }
  return only;
}
