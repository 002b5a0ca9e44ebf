import { z } from 'zod';
import { defineKind, none, valueSchema } from './kind';

/** A sampling algorithm by name, with its options. */
export interface SamplerValue {
  readonly kind: 'sampler';
  readonly name: string;
  readonly options: Readonly<Record<string, number | boolean | string>>;
}

export const sampler = defineKind<SamplerValue>({
  fields: [],
  schema: valueSchema<SamplerValue>('sampler', { name: z.string() }),
  tensors: none,
  known: () => ({}),
  rebuild: (value) => value,
});
