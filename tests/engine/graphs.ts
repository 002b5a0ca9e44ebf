/** Graphs that several tests use. */
import { graph } from './kit';

export const textToImage = () =>
  graph(
    {
      package: ['kit/package'],
      prompt: ['kit/text', { text: 'a fox' }],
      unet: ['kit/unet'],
      noise: ['kit/noise', { seed: '7' }],
      sampler: ['kit/sampler'],
      decode: ['kit/decode'],
      image: ['kit/output'],
    },
    [
      'package.conditioner > prompt.conditioner',
      'package.unet > unet.unet',
      'prompt.conditioning > unet.positive',
      'package.unet > noise.unet',
      'unet.denoiser > sampler.denoiser',
      'noise.noise > sampler.noise',
      'package.firstStage > decode.firstStage',
      'sampler.latent > decode.latent',
      'decode.image > image.image',
    ],
  );
