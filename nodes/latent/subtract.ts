import { z } from 'zod';
import { amountParam } from '../_shared/params';
import { weightedSum } from './_pair';

export const latentSubtract = weightedSum({
  id: 'latent/subtract',
  title: 'Subtract latents',
  doc: 'A − amount·B, cell by cell: the direction from one picture to another in latent space, to be scaled and added elsewhere or looked at in the inspector.',
  aliases: ['LatentSubtract', 'Latent Subtract'],
  params: z.object({ amount: amountParam }),
  weights: ({ amount }) => [1, -amount],
});
