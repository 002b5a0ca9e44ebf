import { z } from 'zod';
import {
  LoomError,
  broadcast,
  defineNode,
  port,
  v,
  within,
  type ConditioningValue,
  type Tensor,
  type UNet,
} from '@/engine/types';
import { loading } from '../_shared/loading';
import { spaceFields } from '../_shared/latent';
import { fraction } from '../_shared/params';
import type { NullParts } from './_denoiser';

const scale = (label: string, advanced: boolean) =>
  z
    .number()
    .min(0)
    .max(30)
    .default(4)
    .meta({ widget: 'slider', label, min: 0, max: 20, step: 0.1, advanced });

export const samplingUnet = defineNode({
  id: 'sampling/unet',
  version: 1,
  title: 'U-Net',
  category: 'sampling',
  doc: 'Makes the U-Net ready to be sampled: a function that predicts the clean latent from a noisy one. Classifier-free guidance pushes the prediction away from the unconditional one (or from the negative condition) with one scale, or with a scale for each part; at scale 1 only one evaluation is made, otherwise all evaluations go through the network in one batch. Guidance can be limited to an interval of the sampling, and rescaled against over-exposure. A part that is not wired takes its learned null value.',
  aliases: ['CFGGuider', 'KSampler cfg', 'Guidance', 'Denoise Latents', 'RescaleCFG'],
  inputs: {
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
  },
  outputs: { denoiser: port('denoiser', { ...spaceFields, batch: v('B') }) },
  params: z.object({
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
  }),
  evaluations: (params) => (params.perPart ? 3 : params.guidance === 1 ? 1 : 2),
  async run({ inputs, params, runtime, signal, progress }) {
    const { unet } = inputs.unet;
    const load = loading({ signal, progress });
    for (const [name, value] of [
      ['positive', inputs.positive],
      ['negative', inputs.negative],
    ] as const) {
      check(unet, value, name);
    }
    const negative = inputs.negative?.entries ?? [];
    if (negative.length > 1) {
      throw new LoomError('bad-input', 'The negative condition is a mix; it must be a single one.', {
        port: 'negative',
      });
    }
    const nulls = await nullParts(unet, { ...load, ops: runtime.ops });
    await unet.load(load);
    const scales = params.perPart
      ? { text: params.textScale, class: params.classScale, map: params.mapScale, image: params.imageScale }
      : params.guidance;
    const { createDenoiser } = await import('./_denoiser');
    const denoiser = createDenoiser({
      unet,
      positive: inputs.positive?.entries ?? [],
      negative: negative[0]?.parts ?? {},
      nulls,
      guidance: { scales, rescale: params.rescale, from: params.from, to: params.to },
    });
    return { denoiser };
  },
});

function check(unet: UNet, value: ConditioningValue | undefined, name: string): void {
  if (value && value.conditioner.id !== unet.conditioner.id) {
    throw new LoomError(
      'bad-input',
      `The condition was made for "${value.conditioner.id}", but the U-Net understands "${unet.conditioner.id}".`,
      { port: name },
    );
  }
}

async function nullParts(
  unet: UNet,
  options: Parameters<NonNullable<UNet['conditioner']['text']>['encode']>[1],
): Promise<NullParts> {
  const { text, classes } = unet.conditioner;
  const nulls: { text?: Tensor; class?: Tensor } = {};
  if (text) nulls.text = await text.encode([''], options);
  if (classes) nulls.class = await classes.encode([null], options);
  return nulls;
}
