import { z } from 'zod';
import { defineKind, none, valueSchema } from './kind';

export interface TextValue {
  readonly kind: 'text';
  readonly text: string;
}

export const text = defineKind<TextValue>({
  fields: [],
  schema: valueSchema<TextValue>('text', { text: z.string() }),
  tensors: none,
  known: () => ({}),
  rebuild: (value) => value,
});
