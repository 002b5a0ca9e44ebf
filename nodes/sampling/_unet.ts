/** What the U-Net node does; fetched by the engine that runs it, not by the page that shows it. */
import {
  LoomError,
  type ConditioningValue,
  type DenoiserValue,
  type Tensor,
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
  const nulls = await nullParts(unet, { ...load, ops: runtime.ops });
  await unet.load(load);
  const scales = params.perPart
    ? { text: params.textScale, class: params.classScale, map: params.mapScale, image: params.imageScale }
    : params.guidance;
  const denoiser = createDenoiser({
    unet,
    positive: inputs.positive?.entries ?? [],
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
