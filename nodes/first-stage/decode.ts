import { z } from 'zod';
import { defineNode, mul, port, v } from '@/engine/types';
import { loading } from '../_shared/loading';
import { latentFields, onlySize, sameSpace, spaceFields } from '../_shared/latent';

export const firstStageDecode = defineNode({
  id: 'first-stage/decode',
  version: 1,
  title: 'Decode',
  category: 'first-stage',
  doc: 'Turns a latent back into an image with the decoder D of the first stage that made its space (paper §3.1). A latent of another space is refused while wiring, even when the shapes agree.',
  aliases: ['VAEDecode', 'VAE Decode', 'Latents to Image'],
  inputs: {
    firstStage: port('first-stage', { ...spaceFields, ...onlySize }),
    latent: port('latent', latentFields()),
  },
  outputs: {
    image: port('image', { batch: v('B'), height: mul(v('F'), v('h')), width: mul(v('F'), v('w')) }),
  },
  params: z.object({}),
  async run({ inputs, runtime, signal, progress }) {
    const { firstStage } = inputs.firstStage;
    sameSpace(firstStage.space, inputs.latent.space, 'latent');
    const pixels = await firstStage.decode(inputs.latent.samples, {
      ops: runtime.ops,
      ...loading({ signal, progress }),
    });
    return { image: { kind: 'image', pixels } };
  },
});
