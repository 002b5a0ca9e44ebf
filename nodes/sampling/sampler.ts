import { defineNode } from '@/engine/types';
import { samplerMigrations } from './_sampler-migrate';
import { inputs, outputs, params } from './_sampler-ports';
import { samplerWarnings } from './_warnings';

export const samplingSampler = defineNode({
  id: 'sampling/sampler',
  version: 2,
  title: 'Sampler',
  category: 'sampling',
  doc: 'Walks from noise to a clean latent along the reverse of the diffusion (paper §3.2). With a latent wired in and a strength below 1 it starts from that latent with noise added; with a mask too, only the masked part is drawn anew (optionally with the resampling jumps of RePaint). Start and end step let a sampling stop half-way and another sampler go on from there exactly. At strength 1 without a mask the latent plays no part. DDIM inverse walks the other way, from a latent up to the noise it could have been drawn from, for another sampler to go on from. The dialect follows another tool where the same names draw other pictures (what a strength means, rounded training steps, scale of the start noise, last step).',
  aliases: [
    'KSampler',
    'KSamplerAdvanced',
    'SamplerCustom',
    'Denoise Latents',
    'DDIMSampler',
    'PLMSSampler',
    'DDIMInverseScheduler',
  ],
  inputs,
  outputs,
  params,
  migrate: samplerMigrations,
  warnings: samplerWarnings,
  async run(context) {
    const { sample } = await import('./_sample');
    return await sample(context);
  },
});
