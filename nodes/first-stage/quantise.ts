import { z } from 'zod';
import { LoomError, defineNode, port, v } from '@/engine/types';
import { latentFields, sameSpace, spaceFields } from '../_shared/latent';
import { nearestCodes } from './_codebook';

export const firstStageQuantise = defineNode({
  id: 'first-stage/quantise',
  version: 1,
  title: 'Latent to codes',
  category: 'first-stage',
  doc: 'Replaces each cell of a latent by the index of the nearest codebook entry (van den Oord et al. 1711.00937, eq. 1). Only a VQ first stage has a codebook. The codes are what an autoregressive second stage would model; here they are to be looked at, edited and turned back.',
  aliases: ['Quantize', 'VQ encode indices', 'Codebook indices'],
  inputs: {
    firstStage: port('first-stage', { ...spaceFields, type: 'vq' }),
    latent: port('latent', latentFields()),
  },
  outputs: {
    codes: port('codes', { space: v('S'), batch: v('B'), height: v('h'), width: v('w') }),
    latent: port('latent', latentFields(), { doc: 'The codebook entries themselves.' }),
  },
  params: z.object({}),
  async run({ inputs, runtime }) {
    const { firstStage } = inputs.firstStage;
    const { space, codebook } = firstStage;
    sameSpace(space, inputs.latent.space, 'latent');
    if (!codebook) {
      throw new LoomError(
        'bad-input',
        `The first stage of "${space.space}" has no codebook: it is regularised by KL.`,
        { port: 'firstStage' },
        { fix: 'Use a VQ package.' },
      );
    }
    const { codes, quantised } = await nearestCodes(runtime.ops, inputs.latent.samples, codebook);
    return { codes: { kind: 'codes', space, codes }, latent: { kind: 'latent', space, samples: quantised } };
  },
});
