import { z } from 'zod';
import { LoomError, defineNode, port, v } from '@/engine/types';
import { nchw, sameSpace, spaceFields } from '../_shared/latent';
import { readFloats } from '../_shared/read';
import { slerp } from '../_shared/slerp';

const size = { ...spaceFields, height: v('h'), width: v('w') };

export const latentNoiseSlerp = defineNode({
  id: 'latent/noise-slerp',
  version: 1,
  title: 'Noise variations',
  category: 'latent',
  doc: 'Walks from the noise of one seed towards that of another along the sphere, so that every step is as much N(0, I) as its ends. A short way makes variations of one picture; the whole way makes a morph. The result is a batch of equally spaced steps; stochastic samplers go on with the first seed.',
  aliases: ['Slerp noise', 'Variation seed', 'Variation strength', 'Seed travel'],
  inputs: {
    a: port('noise', { ...size, batch: 1 }, { doc: 'Where the walk begins (batch 1).' }),
    b: port('noise', { ...size, batch: 1 }, { doc: 'Where it goes (batch 1).' }),
  },
  outputs: { noise: port('noise', { ...size, batch: v('B') }) },
  params: z.object({
    from: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .meta({ widget: 'slider', label: 'From', min: 0, max: 1, step: 0.01 }),
    to: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .meta({ widget: 'slider', label: 'To', min: 0, max: 1, step: 0.01 }),
    count: z.int().min(1).max(64).default(5).meta({ label: 'Count', min: 1, max: 64, step: 1 }),
  }),
  refine: (params) => ({ noise: { kind: 'noise', fields: { ...size, batch: params.count } } }),
  async run({ inputs, params, runtime }) {
    const { a, b } = inputs;
    sameSpace(a.space, b.space, 'b');
    if (a.samples.dims.join() !== b.samples.dims.join() || nchw(a.samples).batch !== 1) {
      throw new LoomError('bad-input', 'Both noises must be of one size and of batch 1.', { port: 'b' });
    }
    const [from, to] = [await readFloats(a.samples), await readFloats(b.samples)];
    const out = new Float32Array(from.length * params.count);
    for (let k = 0; k < params.count; k++) {
      const along = params.count === 1 ? 0 : k / (params.count - 1);
      out.set(slerp(from, to, params.from + along * (params.to - params.from)), k * from.length);
    }
    const samples = runtime.ops.from(out, [params.count, ...a.samples.dims.slice(1)]);
    return { noise: { kind: 'noise', space: a.space, samples, seed: a.seed, firstElement: a.firstElement } };
  },
});
