import { z } from 'zod';
import { fraction } from '../_shared/params';
import { weightedSum } from './_pair';

export const latentMix = weightedSum({
  id: 'latent/mix',
  title: 'Mix latents',
  doc: 'Straight line between two latents: 0 is A, 1 is B. For clean latents this is a cross-fade in latent space; between noises the variance shrinks half-way, so use Slerp there.',
  aliases: ['LatentInterpolate', 'LatentBlend', 'Latent Blend', 'lerp'],
  params: z.object({ t: fraction('t', 0.5) }),
  weights: ({ t }) => [1 - t, t],
});
