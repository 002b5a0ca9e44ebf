import { z } from 'zod';
import { add, defineNode, mul, port, v } from '@/engine/types';
import { inCells, marginParams } from '../_shared/edges';
import { spaceFields, withSamples } from '../_shared/latent';

export const latentPad = defineNode({
  id: 'latent/pad',
  version: 1,
  title: 'Pad latent',
  category: 'latent',
  doc: 'Adds margins of one value (0 is the mean of the latent space) around a latent. Margins are in pixels of the picture and must be multiples of the factor.',
  aliases: ['Latent Pad', 'Pad Latents'],
  inputs: { latent: port('latent', { ...spaceFields, batch: v('B'), height: v('h'), width: v('w') }) },
  outputs: { latent: port('latent', { ...spaceFields, batch: v('B'), height: v('ho'), width: v('wo') }) },
  params: z.object({
    ...marginParams,
    value: z
      .number()
      .min(-10)
      .max(10)
      .default(0)
      .meta({ label: 'Value', min: -10, max: 10, step: 0.1, advanced: true }),
  }),
  equations: ({ top, bottom, left, right }) => ({
    ...(top + bottom > 0 && { top: [mul(v('F'), v('ho')), add(mul(v('F'), v('h')), top + bottom)] }),
    ...(left + right > 0 && { left: [mul(v('F'), v('wo')), add(mul(v('F'), v('w')), left + right)] }),
    ...(top + bottom === 0 && { bottom: [v('ho'), v('h')] }),
    ...(left + right === 0 && { right: [v('wo'), v('w')] }),
  }),
  run({ inputs, params, runtime }) {
    const { latent } = inputs;
    const { value, ...margins } = params;
    const samples = runtime.ops.pad(latent.samples, inCells(margins, latent.space.factor), value);
    return Promise.resolve({ latent: withSamples(latent, samples) });
  },
});
