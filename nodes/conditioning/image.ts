import { z } from 'zod';
import { LoomError, broadcast, defineNode, port, setOf, v } from '@/engine/types';
import { latentFields, nchw, repeatBatch } from '../_shared/latent';
import { onePart } from './_entry';

export const conditioningImage = defineNode({
  id: 'conditioning/image',
  version: 1,
  title: 'Image condition',
  category: 'conditioning',
  doc: 'Concatenates an encoded image to the latent, for packages that were trained so: a masked image and its mask for inpainting, a low-resolution image for super-resolution (paper §4.4, §4.5). Channels come in the order latent, then mask. A package without such channels refuses it while wiring.',
  aliases: ['InpaintModelConditioning', 'Concat condition', 'LR image'],
  inputs: {
    conditioner: port('conditioner', { for: v('K') }),
    latent: port('latent', latentFields()),
    mask: port(
      'mask',
      { batch: broadcast(v('B')) },
      { optional: true, doc: 'Added as one more channel at latent size.' },
    ),
  },
  outputs: { conditioning: port('conditioning', { for: v('K'), parts: setOf('image'), batch: v('B') }) },
  params: z.object({}),
  run({ inputs, runtime }) {
    const { ops } = runtime;
    const { conditioner } = inputs.conditioner;
    const { samples, noisy } = inputs.latent;
    if (noisy)
      throw new LoomError('bad-input', 'An image condition must be a clean latent.', { port: 'latent' });
    let concat = samples;
    if (inputs.mask) {
      const { batch, height, width } = nchw(samples);
      const mask = ops.resize(inputs.mask.mask, height, width, 'area');
      concat = ops.concat([samples, repeatBatch(ops, mask, batch, 'mask')], 1);
    }
    return Promise.resolve({
      conditioning: onePart(conditioner, { part: 'image', concat, label: 'image' }),
    });
  },
});
