import { z } from 'zod';
import { defineNode, port, v } from '@/engine/types';
import { cropPadding, inCells, windowParams } from '../_shared/edges';
import { nchw, sidesInCells, spaceFields, withSamples } from '../_shared/latent';

export const latentCrop = defineNode({
  id: 'latent/crop',
  version: 1,
  title: 'Crop latent',
  category: 'latent',
  doc: 'Cuts a rectangle out of a latent. Position and size are in pixels of the picture it stands for and must be multiples of the factor.',
  aliases: ['LatentCrop', 'Crop Latents'],
  inputs: { latent: port('latent', { ...spaceFields, batch: v('B') }) },
  outputs: { latent: port('latent', { ...spaceFields, batch: v('B'), height: v('h'), width: v('w') }) },
  params: z.object(windowParams),
  equations: sidesInCells,
  run({ inputs, params, runtime }) {
    const { latent } = inputs;
    const by = cropPadding(inCells(params, latent.space.factor), nchw(latent.samples));
    return Promise.resolve({ latent: withSamples(latent, runtime.ops.pad(latent.samples, by, 0)) });
  },
});
