import { defineNode } from '@/engine/types';
import { inputs, outputs, params } from './_unet-ports';
import { unetWarnings } from './_warnings';

export const samplingUnet = defineNode({
  id: 'sampling/unet',
  version: 1,
  title: 'U-Net',
  category: 'sampling',
  doc: 'Makes the U-Net ready to be sampled: a function that predicts the clean latent from a noisy one. Classifier-free guidance pushes the prediction away from the unconditional one (or from the negative condition) with one scale, or with a scale for each part; at scale 1 only one evaluation is made, otherwise all evaluations go through the network in one batch. Guidance can be limited to an interval of the sampling, and rescaled against over-exposure. A part that is not wired takes its learned null value.',
  aliases: ['CFGGuider', 'KSampler cfg', 'Guidance', 'Denoise Latents', 'RescaleCFG'],
  inputs,
  outputs,
  params,
  warnings: unetWarnings,
  evaluations: ({ perPart, guidance }) => (perPart ? 3 : guidance === 1 ? 1 : 2),
  async run(context) {
    const { makeDenoiser } = await import('./_unet');
    return await makeDenoiser(context);
  },
});
