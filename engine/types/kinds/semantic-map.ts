import type { LabelSet } from '../model';
import type { Tensor } from '../tensor';
import { defineKind, has, tensor, valueSchema } from './kind';

/** uint8 [B, H, W]: indices into `labels`. */
export interface SemanticMapValue {
  readonly kind: 'semantic-map';
  readonly labels: LabelSet;
  readonly map: Tensor;
}

export const semanticMap = defineKind<SemanticMapValue>({
  /** `labels`: id of the label set. */
  fields: ['labels', 'batch', 'height', 'width'],
  schema: valueSchema<SemanticMapValue>('semantic-map', { labels: has('id', 'labels'), map: tensor }),
  array: { dtype: 'uint8', axes: ['batch', 'height', 'width'], per: 'pixel', of: ({ map }) => map },
  tensors: ({ map }) => [map],
  known: ({ labels }) => ({ labels: labels.id }),
  rebuild: (value, again) => ({ ...value, map: again(value.map) }),
});
