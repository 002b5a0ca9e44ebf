import { z } from 'zod';
import { broadcast, defineNode, mul, port, v } from '@/engine/types';
import { latentFields, nchw, repeatBatch, withSamples } from '../_shared/latent';
import { matched } from './_pair';

const fields = { ...latentFields(), batch: broadcast(v('B')) };

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
    mask: port(
      'mask',
      { batch: broadcast(v('B')), height: mul(v('F'), v('h')), width: mul(v('F'), v('w')) },
      { doc: '1 takes B.' },
    ),
  },
  outputs: { latent: port('latent', latentFields()) },
  params: z.object({}),
  run({ inputs, runtime }) {
    const { ops } = runtime;
    const { a, b } = matched(ops, inputs.a, inputs.b);
    const { height, width } = nchw(a);
    const small = ops.resize(inputs.mask.mask, height, width, 'area');
    const batch = Math.max(nchw(a).batch, nchw(small).batch);
    const [under, over] = [repeatBatch(ops, a, batch, 'latents'), repeatBatch(ops, b, batch, 'latents')];
    const mask = repeatBatch(ops, small, batch, 'mask');
    return Promise.resolve({ latent: withSamples(inputs.a, ops.blend(under, over, mask)) });
  },
});
