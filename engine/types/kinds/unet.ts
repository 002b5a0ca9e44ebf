import type { UNet } from '../model';
import { defineKind, has, none, onlyFields, spaceFields, valueSchema } from './kind';

export interface UNetValue {
  readonly kind: 'unet';
  readonly unet: UNet;
}

export const unet = defineKind<UNetValue>({
  /**
   * `height`, `width`: latent cells it was trained at; `multiple`: what its sides are multiples of; `onlyHeight`,
   * `onlyWidth`: where its graph takes no other; `accepts`: parts of a conditioning; `guidance`: `embedded` where it
   * is an input of the network; `image`: what its image channels are.
   */
  fields: [
    'space',
    'channels',
    'factor',
    'height',
    'width',
    'multiple',
    'onlyHeight',
    'onlyWidth',
    'for',
    'accepts',
    'guidance',
    'image',
  ],
  schema: valueSchema<UNetValue>('unet', { unet: has('space') }),
  tensors: none,
  known: (value) => ({
    ...spaceFields(value.unet.space),
    ...onlyFields(value.unet.space),
    height: value.unet.nativeSize.height,
    width: value.unet.nativeSize.width,
  }),
});
