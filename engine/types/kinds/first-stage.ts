import type { FirstStage } from '../model';
import { defineKind, has, none, onlyFields, spaceFields, valueSchema } from './kind';

export interface FirstStageValue {
  readonly kind: 'first-stage';
  readonly firstStage: FirstStage;
}

export const firstStage = defineKind<FirstStageValue>({
  /** `type`: `kl` or `vq`; `onlyHeight`, `onlyWidth` as for `unet`. */
  fields: ['space', 'type', 'channels', 'factor', 'onlyHeight', 'onlyWidth'],
  schema: valueSchema<FirstStageValue>('first-stage', { firstStage: has('space') }),
  tensors: none,
  known: (value) => ({ ...spaceFields(value.firstStage.space), ...onlyFields(value.firstStage.space) }),
});
