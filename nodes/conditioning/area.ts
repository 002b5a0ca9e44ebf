import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';

const fields = { for: v('K'), parts: v('P'), batch: v('B') };
const place = (label: string, value: number) =>
  z.number().min(0).max(16_384).default(value).meta({ label, min: 0, step: 8 });

export const conditioningArea = defineNode({
  id: 'conditioning/area',
  version: 1,
  title: 'Condition area',
  category: 'conditioning',
  doc: 'Lets a condition count in a rectangle of the picture only: mix several to say what is drawn where. The edges inside the picture are feathered over eight latent cells. Where several areas meet their predictions are averaged by strength; where none reaches, all count.',
  aliases: ['ConditioningSetArea', 'ConditioningSetAreaPercentage', 'Regional prompt'],
  inputs: { conditioning: port('conditioning', fields) },
  outputs: { conditioning: port('conditioning', fields) },
  params: z.object({
    unit: z
      .enum(['px', 'fraction'])
      .default('fraction')
      .meta({
        widget: 'select',
        label: 'Unit',
        options: { px: 'Pixels', fraction: 'Fraction of the picture' },
      }),
    x: place('Left edge', 0),
    y: place('Top edge', 0),
    width: place('Width', 1),
    height: place('Height', 1),
    strength: z
      .number()
      .min(0)
      .max(10)
      .default(1)
      .meta({ widget: 'slider', label: 'Strength', min: 0, max: 2, step: 0.05 }),
  }),
  run({ inputs, params }) {
    const { conditioning } = inputs;
    const entries = conditioning.entries.map((entry) => ({ ...entry, area: params }));
    return Promise.resolve({ conditioning: { ...conditioning, entries } });
  },
});
