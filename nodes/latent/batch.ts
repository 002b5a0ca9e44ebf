import { z } from 'zod';
import { LoomError, add, defineNode, port, v } from '@/engine/types';
import { nchw, sameSpace, spaceFields, withSamples } from '../_shared/latent';

const fields = { ...spaceFields, height: v('h'), width: v('w') };

export const latentBatch = defineNode({
  id: 'latent/batch',
  version: 1,
  title: 'Batch latents',
  category: 'latent',
  doc: 'Puts two latents (or batches) of one size behind each other in one batch, so that what follows handles them together.',
  aliases: ['LatentBatch', 'Latent Batch', 'Batch Latents'],
  inputs: {
    a: port('latent', { ...fields, batch: v('A') }),
    b: port('latent', { ...fields, batch: v('D') }),
  },
  outputs: { latent: port('latent', { ...fields, batch: add(v('A'), v('D')) }) },
  params: z.object({}),
  run({ inputs, runtime }) {
    const { a, b } = inputs;
    sameSpace(a.space, b.space, 'b');
    const [one, other] = [nchw(a.samples), nchw(b.samples)];
    if (one.height !== other.height || one.width !== other.width) {
      throw new LoomError(
        'bad-input',
        `The latents are ${one.width}×${one.height} and ${other.width}×${other.height} cells.`,
        { port: 'b' },
        { mend: 'Resize, crop or pad one of them.' },
      );
    }
    if (a.noisy?.sigma !== b.noisy?.sigma) {
      throw new LoomError('bad-input', 'The latents are at different noise levels.', { port: 'b' });
    }
    return Promise.resolve({ latent: withSamples(a, runtime.ops.concat([a.samples, b.samples], 0)) });
  },
});
