import { z } from 'zod';
import { broadcast, defineNode, port, union, v } from '@/engine/types';
import { fraction } from '../_shared/params';

export const conditioningMix = defineNode({
  id: 'conditioning/mix',
  version: 1,
  title: 'Mix conditions',
  category: 'conditioning',
  doc: 'Blends two conditions by weight: at each step the network is asked under both, and the predictions are averaged (composable diffusion, Liu et al. 2206.01714). Weight 0 is all A, weight 1 all B. Both count in one batch, so a mix costs one more evaluation. To blend the embeddings instead, use Interpolate conditions.',
  aliases: ['ConditioningAverage', 'Conditioning Average', 'Conditioning Combine'],
  inputs: {
    a: port('conditioning', { for: v('K'), parts: v('P'), batch: broadcast(v('B')) }),
    b: port('conditioning', { for: v('K'), parts: v('Q'), batch: broadcast(v('B')) }),
  },
  outputs: {
    conditioning: port('conditioning', { for: v('K'), parts: union(v('P'), v('Q')), batch: v('B') }),
  },
  params: z.object({ weight: fraction('Weight of B', 0.5) }),
  run({ inputs, params }) {
    const share = (entries: typeof inputs.a.entries, by: number) => {
      const total = entries.reduce((sum, { weight }) => sum + weight, 0);
      return by === 0 || total === 0
        ? []
        : entries.map((entry) => ({ ...entry, weight: (entry.weight * by) / total }));
    };
    const entries = [
      ...share(inputs.a.entries, 1 - params.weight),
      ...share(inputs.b.entries, params.weight),
    ];
    return Promise.resolve({
      conditioning: { kind: 'conditioning', conditioner: inputs.a.conditioner, entries },
    });
  },
});
