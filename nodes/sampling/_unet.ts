/** What the U-Net node does; fetched by the engine that runs it, not by the page that shows it. */
import {
  LoomError,
  type CallOptions,
  type ConditioningPart,
  type ConditioningValue,
  type DenoiserValue,
  type UNet,
} from '@/engine/types';
import { loading } from '../_shared/loading';
import { createDenoiser, type NullParts } from './_denoiser';
import type { UnetContext } from './_unet-ports';

/** Loads the U-Net and makes a guided denoiser of it. Throws `bad-input` where a condition was made for another model. */
export async function makeDenoiser({
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
