/** The U-Net node's ports and parameters, apart from what it does with them: the page shows these only. */
import { z } from 'zod';
import { broadcast, port, v, within, type RunContext } from '@/engine/types';
import { spaceFields } from '../_shared/latent';
import { fraction } from '../_shared/params';

const scale = (label: string, advanced: boolean) =>
  z
    .number()
    .min(0)
    .max(30)
    .default(4)
    .meta({ widget: 'slider', label, min: 0, max: 20, step: 0.1, advanced });

export const inputs = {
  unet: port('unet', { ...spaceFields, for: v('K'), accepts: v('A') }),
  positive: port(
    'conditioning',
    { for: v('K'), parts: within(v('A')), batch: broadcast(v('B')) },
    { optional: true, doc: 'What to draw.' },
  ),
  negative: port(
    'conditioning',
    { for: v('K'), parts: within(v('A')), batch: broadcast(v('B')) },
    { optional: true, doc: 'What to move away from; replaces the null values of its parts.' },
  ),
};
export const outputs = { denoiser: port('denoiser', { ...spaceFields, batch: v('B') }) };

export const params = z.object({
  guidance: scale('Guidance', false),
  perPart: z.boolean().default(false).meta({ widget: 'switch', label: 'A scale per part', advanced: true }),
  textScale: scale('Text scale', true),
  classScale: scale('Class scale', true),
  mapScale: scale('Map scale', true),
  imageScale: scale('Image scale', true),
  rescale: fraction('Rescale', 0).meta({
    widget: 'slider',
    label: 'Rescale',
    min: 0,
    max: 1,
    step: 0.05,
    advanced: true,
  }),
  from: fraction('Guidance from', 0).meta({
    widget: 'slider',
    label: 'Guidance from',
    min: 0,
    max: 1,
    step: 0.05,
    advanced: true,
  }),
  to: fraction('Guidance to', 1).meta({
    widget: 'slider',
    label: 'Guidance to',
    min: 0,
    max: 1,
    step: 0.05,
    advanced: true,
  }),
});

export type UnetContext = RunContext<typeof inputs, typeof outputs, typeof params>;
