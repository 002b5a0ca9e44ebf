import type { Conditioner } from '../model';
import { defineKind, has, none, valueSchema } from './kind';

export interface ConditionerValue {
  readonly kind: 'conditioner';
  readonly conditioner: Conditioner;
}

export const conditioner = defineKind<ConditionerValue>({
  fields: ['for', 'parts', 'labels'],
  schema: valueSchema<ConditionerValue>('conditioner', { conditioner: has('id') }),
  tensors: none,
  known: () => ({}),
});
