import { z } from 'zod';
import { defineNode, mul, port, v } from '@/engine/types';
import { nchw, repeatBatch, spaceFields, withSamples } from '../_shared/latent';
import { matched } from './_pair';

const fields = { ...spaceFields, height: v('h'), width: v('w') };

export const latentComposite = defineNode({
  id: 'latent/composite',
  version: 1,
  title: 'Composite latents',
  category: 'latent',
  doc: 'Lays B over A where the mask is 1, and blends where it lies between. The mask is given in pixels of the picture and brought to latent cells by area.',
  aliases: ['LatentComposite', 'LatentCompositeMasked'],
  inputs: {
    a: port('latent', fields),
    b: port('latent', fields),
    mask: port('mask', { height: mul(v('F'), v('h')), width: mul(v('F'), v('w')) }, { doc: '1 takes B.' }),
  },
  outputs: { latent: port('latent', fields) },
  params: z.object({}),
  run({ inputs, runtime }) {
    const { ops } = runtime;
    const { a, b } = matched(ops, inputs.a, inputs.b);
    const { batch, height, width } = nchw(a);
    const mask = repeatBatch(ops, ops.resize(inputs.mask.mask, height, width, 'area'), batch, 'mask');
    return Promise.resolve({ latent: withSamples(inputs.a, ops.blend(a, b, mask)) });
  },
});
