import { z } from 'zod';
import { LoomError, broadcast, defineNode, port, v } from '@/engine/types';
import { nchw, latentFields, repeatBatch, sameSpace, spaceFields } from '../_shared/latent';

export const latentAddNoise = defineNode({
  id: 'latent/add-noise',
  version: 1,
  title: 'Add noise',
  category: 'latent',
  doc: 'The forward process q(x_t | x₀) = N(√ᾱ_t·x₀, (1 − ᾱ_t)·I) in closed form (Ho et al. 2006.11239, eq. 4): the latent as it is after t training steps of noising. Step 0 is the lightest noise, the last step almost pure noise. A sampler wired behind it goes on from that noise level without adding its own.',
  aliases: ['AddNoise', 'Add Noise', 'q_sample', 'Forward process'],
  inputs: {
    unet: port('unet', { ...spaceFields }, { doc: 'Gives the β-schedule.' }),
    latent: port('latent', { ...latentFields(), batch: broadcast(v('B')) }),
    noise: port('noise', latentFields()),
  },
  outputs: { latent: port('latent', latentFields()) },
  params: z.object({
    timestep: z
      .int()
      .min(0)
      .max(999)
      .default(500)
      .meta({ widget: 'slider', label: 'Step t', min: 0, max: 999, step: 1 }),
  }),
  run({ inputs, params, runtime }) {
    const { ops } = runtime;
    const { latent, noise } = inputs;
    const { alphasCumprod } = inputs.unet.unet.diffusion;
    const alpha = alphasCumprod[params.timestep];
    if (alpha === undefined) {
      throw new LoomError(
        'invalid-param',
        `This model has ${alphasCumprod.length} steps; there is no step ${params.timestep}.`,
        { path: 'timestep' },
      );
    }
    if (latent.noisy) throw new LoomError('bad-input', 'The latent is noisy already.', { port: 'latent' });
    sameSpace(latent.space, noise.space, 'noise');
    const clean = repeatBatch(ops, latent.samples, nchw(noise.samples).batch, 'latent');
    const samples = ops.linear([
      [Math.sqrt(alpha), clean],
      [Math.sqrt(1 - alpha), noise.samples],
    ]);
    const sigma = Math.sqrt((1 - alpha) / alpha);
    return Promise.resolve({
      latent: {
        kind: 'latent',
        space: latent.space,
        samples,
        noisy: { sigma, sampler: '', before: [], history: [] },
      },
    });
  },
});
