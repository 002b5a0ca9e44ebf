import { z } from 'zod';
import { broadcast, defineNode, port, v } from '@/engine/types';
import { latentFields, nchw, withSamples } from '../_shared/latent';
import { fraction } from '../_shared/params';
import { readFloats } from '../_shared/read';
import { slerpBatch } from '../_shared/slerp';
import { matched } from './_pair';

const fields = { ...latentFields(), batch: broadcast(v('B')) };

export const latentSlerp = defineNode({
  id: 'latent/slerp',
  version: 1,
  title: 'Slerp latents',
  category: 'latent',
  doc: 'Walks between two latents along the sphere instead of the straight line (Shoemake 1985), each batch element with its own angle, so that the norm stays. At 0 it is A, at 1 it is B.',
  aliases: ['Latent Slerp', 'Spherical interpolation', 'LatentInterpolate'],
  inputs: { a: port('latent', fields), b: port('latent', fields) },
  outputs: { latent: port('latent', latentFields()) },
  params: z.object({ t: fraction('t', 0.5) }),
  async run({ inputs, params, runtime }) {
    const { a, b } = matched(runtime.ops, inputs.a, inputs.b);
    const mixed = slerpBatch(await readFloats(a), await readFloats(b), nchw(a).batch, params.t);
    return { latent: withSamples(inputs.a, runtime.ops.from(mixed, a.dims)) };
  },
});
