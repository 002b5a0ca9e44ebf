import { z } from 'zod';
import { defineNode, port } from '@/engine/types';
import { cells, fieldsOfUnet, nativeFields, sidesOfUnet, unetOfSize } from '../_shared/latent';
import { sideParam } from '../_shared/params';

export const latentEmpty = defineNode({
  id: 'latent/empty',
  version: 1,
  title: 'Empty latent',
  category: 'latent',
  doc: 'A latent of zeros: the mean of the normalised latent space, which decodes to a flat grey-brown picture. Useful as a canvas to composite on and to look at what the first stage makes of nothing. Width and height are in pixels; 0 takes the native size of the U-Net.',
  aliases: ['EmptyLatentImage', 'Blank latent'],
  inputs: { unet: port('unet', { ...unetOfSize }) },
  outputs: { latent: port('latent', { ...fieldsOfUnet }) },
  params: z.object({
    batch: z.int().min(1).max(64).default(1).meta({ label: 'Batch', min: 1, max: 64, step: 1 }),
    width: sideParam('Width'),
    height: sideParam('Height'),
  }),
  refine: (params) => ({
    latent: { kind: 'latent', fields: { batch: params.batch } },
    unet: nativeFields(params),
  }),
  equations: sidesOfUnet,
  run({ inputs, params, runtime }) {
    const { space, nativeSize, multipleOf } = inputs.unet.unet;
    const height =
      params.height === 0 ? nativeSize.height : cells(params.height, space.factor, multipleOf, 'height');
    const width =
      params.width === 0 ? nativeSize.width : cells(params.width, space.factor, multipleOf, 'width');
    const samples = runtime.ops.full([params.batch, space.channels, height, width], 0);
    return Promise.resolve({ latent: { kind: 'latent', space, samples } });
  },
});
