import { z } from 'zod';
import { defineKind, none, valueSchema } from './kind';

export interface NumberValue {
  readonly kind: 'number';
  readonly value: number;
}

export const number = defineKind<NumberValue>({
  fields: [],
  schema: valueSchema<NumberValue>('number', { value: z.number() }),
  tensors: none,
  known: () => ({}),
  rebuild: (value) => value,
});
