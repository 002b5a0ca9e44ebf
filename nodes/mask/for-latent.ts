import { z } from 'zod';
import { broadcast, defineNode, mul, port, v } from '@/engine/types';
import { latentFields, nchw } from '../_shared/latent';
import { maskInBlocks } from '../_shared/mask';

export const maskForLatent = defineNode({
  id: 'mask/for-latent',
  version: 1,
  title: 'Mask for a latent',
  category: 'mask',
  doc: 'Brings a mask of any size to the size of a latent, one value for each latent cell, and hands the latent on beside it: wire both to a Sampler to redraw only where the mask is 1.',
  aliases: ['SetLatentNoiseMask', 'Set Latent Noise Mask', 'Fit mask'],
  inputs: {
    latent: port('latent', latentFields()),
    mask: port('mask', { batch: broadcast(v('B')) }, { doc: '1 = draw anew.' }),
  },
  outputs: {
    latent: port('latent', latentFields(), { doc: 'The latent, unchanged.' }),
    mask: port('mask', { batch: v('D'), height: mul(v('F'), v('h')), width: mul(v('F'), v('w')) }),
  },
  params: z.object({}),
  run({ inputs, runtime }) {
    const { latent } = inputs;
    const mask = maskInBlocks(runtime.ops, inputs.mask.mask, nchw(latent.samples), latent.space.factor);
    return Promise.resolve({ latent, mask: { kind: 'mask', mask } });
  },
});
