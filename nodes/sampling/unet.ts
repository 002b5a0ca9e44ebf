import { unetWarnings } from './_warnings';
import { z } from 'zod';
import {
  defineNode,
  broadcast,
  port,
  v,
  within,
  type RunContext,
  LoomError,
  type CallOptions,
  type ConditioningPart,
  type ConditioningValue,
  type DenoiserValue,
  type UNet,
} from '@/engine/types';
import { spaceFields } from '../_shared/latent';
import { loading } from '../_shared/loading';
import { fraction } from '../_shared/params';
import { createDenoiser, type NullParts } from './_denoiser';

const scale = (label: string, advanced: boolean) =>
  z
    .number()
    .min(0)
    .max(30)
    .default(4)
    .meta({ widget: 'slider', label, min: 0, max: 20, step: 0.1, advanced });

const inputPorts = {
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
const outputPorts = { denoiser: port('denoiser', { ...spaceFields, batch: v('B') }) };

const paramSchema = z.object({
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

type UnetContext = RunContext<typeof inputPorts, typeof outputPorts, typeof paramSchema>;

export const samplingUnet = defineNode({
  id: 'sampling/unet',
  version: 1,
  title: 'U-Net',
  category: 'sampling',
  doc: 'Makes the U-Net ready to be sampled: a function that predicts the clean latent from a noisy one. Classifier-free guidance pushes the prediction away from the unconditional one (or from the negative condition) with one scale, or with a scale for each part; at scale 1 only one evaluation is made, otherwise all evaluations go through the network in one batch. Guidance can be limited to an interval of the sampling, and rescaled against over-exposure. A part that is not wired takes its learned null value.',
  aliases: ['CFGGuider', 'KSampler cfg', 'Guidance', 'Denoise Latents', 'RescaleCFG'],
  inputs: inputPorts,
  outputs: outputPorts,
  params: paramSchema,
  warnings: unetWarnings,
  evaluations: ({ perPart, guidance }) => (perPart ? 3 : guidance === 1 ? 1 : 2),
  run: makeDenoiser,
});

/** Loads the U-Net and makes a guided denoiser of it. Throws `bad-input` where a condition was made for another model. */
async function makeDenoiser({
  inputs,
  params,
  runtime,
  signal,
  progress,
}: UnetContext): Promise<{ denoiser: DenoiserValue }> {
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
  const positive = inputs.positive?.entries ?? [];
  checkImage(unet, positive);
  const texts = [...positive, ...negative].map((entry) => entry.parts.text);
  const nulls = await nullParts(unet, texts, { ...load, ops: runtime.ops });
  await unet.load(load);
  const scales = params.perPart
    ? { text: params.textScale, class: params.classScale, map: params.mapScale, image: params.imageScale }
    : params.guidance;
  const denoiser = createDenoiser({
    unet,
    positive,
    negative: negative[0]?.parts ?? {},
    nulls,
    guidance: { scales, rescale: params.rescale, from: params.from, to: params.to },
  });
  return { denoiser };
}

function check(unet: UNet, value: ConditioningValue | undefined, name: string): void {
  if (value && value.conditioner.id !== unet.conditioner.id) {
    throw new LoomError(
      'bad-input',
      `The condition was made for "${value.conditioner.id}", but the U-Net understands "${unet.conditioner.id}".`,
      { port: name },
    );
  }
}

/** Throws `bad-input` where a network that always has a picture beside the latent is given none. */
function checkImage(unet: UNet, positive: ConditioningValue['entries']): void {
  if (unet.image === undefined || positive.some((entry) => entry.parts.image)) return;
  throw new LoomError(
    'bad-input',
    `The U-Net takes ${unet.concatChannels} channels of a picture beside the latent, and none is wired.`,
    { port: 'positive' },
    { fix: 'Wire an Image condition into the condition, with Combine conditions beside a prompt.' },
  );
}

async function nullParts(
  unet: UNet,
  texts: readonly (ConditioningPart | undefined)[],
  options: CallOptions,
): Promise<NullParts> {
  const { text, classes } = unet.conditioner;
  const encoded = text && (await (text.encodeNull?.(options) ?? text.encode([''], options)));
  const lengths = texts.map((part) => (part && 'context' in part ? part.context.dims[1] : undefined));
  // Prompts of several chunks: the others are filled up to the same length.
  const longer = text && lengths.some((length) => length !== undefined && length > text.length);
  return {
    ...(encoded && { text: encoded }),
    ...(longer && { filling: (await text.encode([''], options)).context }),
    ...(classes && { class: await classes.encode([null], options) }),
  };
}
