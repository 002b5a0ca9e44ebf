import { z } from 'zod';
import { LoomError, defineNode, port, v } from '@/engine/types';
import { latentFields, sameSpace, spaceFields } from '../_shared/latent';
import { readIntegers } from '../_shared/read';
import { lookUp } from './_codebook';

export const firstStageLookUp = defineNode({
  id: 'first-stage/look-up',
  version: 1,
  title: 'Codes to latent',
  category: 'first-stage',
  doc: 'Looks every code up in the codebook of a VQ first stage and gives the latent that the decoder expects: the inverse of Latent to codes.',
  aliases: ['Codebook lookup', 'VQ decode indices', 'Dequantize'],
  inputs: {
    firstStage: port('first-stage', { ...spaceFields, type: 'vq' }),
    codes: port('codes', { space: v('S'), batch: v('B'), height: v('h'), width: v('w') }),
  },
  outputs: {
    latent: port('latent', latentFields()),
  },
  params: z.object({}),
  async run({ inputs, runtime }) {
    const { space, codebook } = inputs.firstStage.firstStage;
    sameSpace(space, inputs.codes.space, 'codes');
    if (!codebook) {
      throw new LoomError('bad-input', `The first stage of "${space.space}" has no codebook.`, {
        port: 'firstStage',
      });
    }
    const { codes } = inputs.codes;
    const [batch = 0, height = 0, width = 0] = codes.dims;
    const samples = lookUp(
      runtime.ops,
      await readIntegers(codes),
      [batch, height, width],
      codebook,
      space.channels,
    );
    return { latent: { kind: 'latent', space, samples } };
  },
});
