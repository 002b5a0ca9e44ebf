import { z } from 'zod';
import { LoomError, defineNode, mul, port, v } from '@/engine/types';
import { loading } from '../_shared/loading';
import { latentFields, nchw, onlySize, spaceFields } from '../_shared/latent';
import { seedParam } from '../_shared/params';
import { samplePosterior } from './_posterior';
import { nearestCodes } from './_codebook';

export const firstStageEncode = defineNode({
  id: 'first-stage/encode',
  version: 1,
  title: 'Encode',
  category: 'first-stage',
  doc: 'Compresses an image into the latent space with the encoder E of the first stage (paper §3.1). A KL first stage gives a Gaussian posterior: take its mean, or draw a sample by seed. A VQ first stage gives the latent before quantisation (as the paper diffuses it) or after, snapped to the nearest codebook entries. Latents on wires are normalised to about unit variance.',
  aliases: ['VAEEncode', 'VAE Encode', 'Image to Latents'],
  inputs: {
    firstStage: port('first-stage', { ...spaceFields, ...onlySize }),
    image: port(
      'image',
      { batch: v('B'), height: mul(v('F'), v('h')), width: mul(v('F'), v('w')) },
      { doc: 'Sides must be multiples of the factor.' },
    ),
  },
  outputs: { latent: port('latent', latentFields()) },
  params: z.object({
    take: z.enum(['mean', 'sample']).default('mean').meta({ widget: 'select', label: 'KL: take' }),
    quantise: z.boolean().default(false).meta({ widget: 'switch', label: 'VQ: quantise' }),
    seed: seedParam.meta({ widget: 'seed', label: 'Seed', advanced: true }),
  }),
  async run({ inputs, params, runtime, signal, progress }) {
    const { firstStage } = inputs.firstStage;
    const { pixels } = inputs.image;
    const { height, width } = nchw(pixels);
    const { factor } = firstStage.space;
    if (height % factor !== 0 || width % factor !== 0) {
      throw new LoomError(
        'bad-input',
        `The image is ${width}×${height} pixels; both sides must be multiples of ${factor}.`,
        { port: 'image' },
        { fix: 'Resize, crop or pad it first.', details: { width, height, factor } },
      );
    }
    const { mean, logVariance } = await firstStage.encode(pixels, {
      ops: runtime.ops,
      ...loading({ signal, progress }),
    });
    let samples = mean;
    if (firstStage.type === 'kl' && params.take === 'sample' && logVariance) {
      samples = await samplePosterior(runtime.ops, mean, logVariance, BigInt(params.seed));
    }
    if (firstStage.codebook && params.quantise) {
      samples = (await nearestCodes(runtime.ops, mean, firstStage.codebook)).quantised;
    }
    return { latent: { kind: 'latent', space: firstStage.space, samples } };
  },
});
