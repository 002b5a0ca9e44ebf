/** Which family a single-file checkpoint is of, told by the names and shapes of its tensors; and what each family is known for. */
import { LoomError } from '@/engine/types';
import type { Heads } from './unet-shape';
import type { Tensors } from './tensors';

export type Family = 'sd1' | 'sd2' | 'sdxl' | 'sdxl-refiner' | 'autoencoder';
/** What is concatenated to the latent: nothing, mask and masked latent, an unscaled latent, noised pixels. */
export type Variant = 'base' | 'inpaint' | 'pix2pix' | 'upscaler';

export interface FamilyFacts {
  readonly title: string;
  readonly heads: Heads;
  /** Latents on wires are this times the autoencoder's. */
  readonly scale: number;
  /** Numbers in `time_ids`. */
  readonly numbers: 0 | 5 | 6;
  /** Pipeline of diffusers, by variant; undefined where there is none. */
  readonly pipelines: Partial<Readonly<Record<Variant, string>>>;
}

export const FAMILIES: Readonly<Record<Family, FamilyFacts>> = {
  sd1: {
    title: 'Stable Diffusion 1.x',
    heads: { kind: 'count', heads: 8 },
    scale: 0.18215,
    numbers: 0,
    pipelines: {
      base: 'StableDiffusionPipeline',
      inpaint: 'StableDiffusionInpaintPipeline',
      pix2pix: 'StableDiffusionInstructPix2PixPipeline',
    },
  },
  sd2: {
    title: 'Stable Diffusion 2.x',
    heads: { kind: 'width', width: 64 },
    scale: 0.18215,
    numbers: 0,
    pipelines: {
      base: 'StableDiffusionPipeline',
      inpaint: 'StableDiffusionInpaintPipeline',
      upscaler: 'StableDiffusionUpscalePipeline',
    },
  },
  sdxl: {
    title: 'Stable Diffusion XL',
    heads: { kind: 'width', width: 64 },
    scale: 0.13025,
    numbers: 6,
    pipelines: {
      base: 'StableDiffusionXLPipeline',
      inpaint: 'StableDiffusionXLInpaintPipeline',
      pix2pix: 'StableDiffusionXLInstructPix2PixPipeline',
    },
  },
  'sdxl-refiner': {
    title: 'Stable Diffusion XL refiner',
    heads: { kind: 'width', width: 64 },
    scale: 0.13025,
    numbers: 5,
    pipelines: { base: 'StableDiffusionXLImg2ImgPipeline' },
  },
  autoencoder: {
    title: 'autoencoder of Stable Diffusion',
    heads: { kind: 'count', heads: 1 },
    scale: 0.18215,
    numbers: 0,
    pipelines: {},
  },
};

export const PREFIX = {
  unet: 'model.diffusion_model.',
  vae: 'first_stage_model.',
  clip: 'cond_stage_model.transformer.',
  openClip: 'cond_stage_model.model.',
  xlClip: 'conditioner.embedders.0.transformer.',
  xlOpenClip: 'conditioner.embedders.1.model.',
  refinerClip: 'conditioner.embedders.0.model.',
} as const;

/** What the ×4 upscaler has otherwise than its family: heads, autoencoder (f = 4) and schedule. */
export const UPSCALER = {
  heads: { kind: 'count', heads: 8 },
  scale: 0.08333,
  betas: { start: 0.0001, end: 0.02 },
} as const;
export const BETAS = { start: 0.00085, end: 0.012 } as const;

/** Names that only other families have, for a refusal in their own words. */
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)double_blocks\.0\./u, 'Flux'],
  [/(^|\.)joint_blocks\.0\./u, 'Stable Diffusion 3'],
  [/(^|\.)transformer_blocks\.0\.attn\.add_q_proj/u, 'Stable Diffusion 3 or Flux'],
  [/(^|\.)(time_stack|temporal_transformer|motion_modules)\./u, 'a video model'],
  [/^control_model\.|(^|\.)zero_convs\./u, 'ControlNet'],
  [/\.lora_(?:down|up|A|B)\b|_lora\.(?:down|up)\b/u, 'LoRA'],
  [/(^|\.)effnet_mapper|(^|\.)clip_txt_pooled_mapper/u, 'Stable Cascade'],
];

/** Throws `unsupported` where the names are of no family that is taken, naming the one they are of if it is known. */
export function familyOf(tensors: Tensors, name: string): Family {
  const some = (prefix: string) => !tensors.under(prefix).empty;
  if (some(PREFIX.unet)) {
    if (some(PREFIX.xlOpenClip)) return 'sdxl';
    if (some(PREFIX.refinerClip)) return 'sdxl-refiner';
    if (some(PREFIX.openClip)) return 'sd2';
    if (some(PREFIX.clip)) return 'sd1';
    const width = contextOf(tensors.under(PREFIX.unet));
    if (tensors.has(`${PREFIX.unet}label_emb.0.0.weight`)) return width === 1280 ? 'sdxl-refiner' : 'sdxl';
    if (width === 1024) return 'sd2';
    if (width === 768) return 'sd1';
  }
  if (tensors.has('decoder.up.0.block.0.conv1.weight')) return 'autoencoder';
  if (tensors.has(`${PREFIX.vae}decoder.up.0.block.0.conv1.weight`) && !some(PREFIX.unet))
    return 'autoencoder';
  const other = [...tensors.entries.keys()].flatMap((key) => {
    const found = OTHERS.find(([pattern]) => pattern.test(key));
    return found === undefined ? [] : [found[1]];
  })[0];
  throw new LoomError(
    'unsupported',
    other === undefined
      ? `${name}: its tensors are of no family that is taken.`
      : `${name} is of ${other}, which is not taken here.`,
    { file: name },
    { fix: 'Checkpoints of Stable Diffusion 1.x, 2.x and XL, their autoencoders and LoRAs are taken.' },
  );
}

/** Width of the context that the first cross-attention takes. */
function contextOf(unet: Tensors): number | undefined {
  const key = [...unet.entries.keys()].find((name) => name.endsWith('.0.attn2.to_k.weight'));
  return key === undefined ? undefined : unet.size(key, 1);
}

/** Throws `unsupported` for numbers of input channels that no variant of the family has. */
export function variantOf(family: Family, inChannels: number, latent: number, name: string): Variant {
  const variant = ({ 0: 'base', 3: 'upscaler', 4: 'pix2pix', 5: 'inpaint' } as const)[inChannels - latent];
  if (variant !== undefined && FAMILIES[family].pipelines[variant] !== undefined) return variant;
  throw new LoomError(
    'unsupported',
    `${name}: a U-Net of ${inChannels} input channels is not taken (${FAMILIES[family].title}).`,
    { file: name },
  );
}
