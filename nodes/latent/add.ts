import { z } from 'zod';
import { amountParam } from '../_shared/params';
import { weightedSum } from './_pair';

export const latentAdd = weightedSum({
  id: 'latent/add',
  title: 'Add latents',
  doc: 'A + amount·B, cell by cell. Adding the difference of two encoded pictures moves a third along that direction of the latent space.',
  aliases: ['LatentAdd', 'Latent Add'],
  params: z.object({ amount: amountParam }),
  weights: ({ amount }) => [1, amount],
});
