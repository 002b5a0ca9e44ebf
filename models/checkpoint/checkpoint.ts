/**
 * A single-file checkpoint (`.safetensors`) read as if it were a diffusers folder: a config for each part and its
 * tensors under diffusers' names, at their places in the one file. Only the header is looked at.
 */
import { LoomError, type NetworkDescription, type WeightEntry } from '@/engine/types';
import { klDecoder, klEncoder } from '../networks/diffusers/autoencoder-kl';
import { unet2dCondition } from '../networks/diffusers/unet-2d-condition';
import { clipText } from '../networks/transformers/clip-text';
import { weightEntries } from '../weights/file-weights';
import type { SafetensorsHeader } from '../weights/safetensors-header';
import { BETAS, FAMILIES, familyOf, PREFIX, UPSCALER, variantOf, type Family, type Variant } from './family';
import type { Fact } from './facts';
import { hintsOf, type Hints } from './hints';
import { openClipPlace, unetPlace, vaePlace, type FilePlace } from './names';
import { Tensors } from './tensors';
import { clipShape, openClipLayers, openClipShape } from './text-shape';
import { unetShape } from './unet-shape';
import { vaeShape } from './vae-shape';
import { viewOf } from './view';

/** One network's config and weights: what `networkOf` takes. */
export interface CheckpointPart {
  readonly config: Readonly<Record<string, unknown>>;
  readonly entries: ReadonlyMap<string, WeightEntry>;
}

/** A text encoder and what its tokenizer pads with: CLIP's end token, or "!" (id 0) for OpenCLIP. */
export interface CheckpointText extends CheckpointPart {
  readonly pad: 'end' | 'zero';
  /** The output that is the context: OpenCLIP's last layer but one in XL, else the last normed. */
  readonly context: 'last_hidden_state' | 'penultimate';
}

export interface Checkpoint {
  readonly family: Family;
  readonly variant: Variant;
  /** Pipeline of diffusers that runs it; undefined for an autoencoder alone. */
  readonly pipeline: string | undefined;
  readonly unet?: CheckpointPart;
  readonly vae?: CheckpointPart;
  readonly text: readonly CheckpointText[];
  /** As `scheduler_config.json` would say it. */
  readonly scheduler: Readonly<Record<string, unknown>>;
  readonly distilled: Hints['distilled'];
  readonly facts: readonly Fact[];
}

/**
 * Throws `unsupported` for a file of no family that is taken, `package-invalid` for one whose tensors
 * contradict each other. Weights that are missing are said by `networkOf`.
 */
export function readCheckpoint(header: SafetensorsHeader, name: string): Checkpoint {
  const tensors = new Tensors(weightEntries([header]));
  const family = familyOf(tensors, name);
  if (family === 'autoencoder') return autoencoderAlone(tensors, name);
  const inner = tensors.under(PREFIX.unet);
  const vaeTensors = tensors.under(PREFIX.vae);
  const latent = vaeTensors.size('decoder.conv_in.weight', 1) ?? 4;
  const variant = variantOf(family, inner.size('input_blocks.0.0.weight', 1) ?? 0, latent, name);
  const { pipelines, title, numbers, ...usual } = FAMILIES[family];
  const { heads, scale } = variant === 'upscaler' ? UPSCALER : usual;
  const betas = variant === 'upscaler' ? UPSCALER.betas : BETAS;
  const vae = vaePart(vaeTensors, scale, name);
  const found = unetShape(inner, heads, name);
  const text = textParts(tensors, family);
  const config = withNumbers(found.config, numbers, text.at(-1), name);
  const hints = hintsOf(family, variant, {
    metadata: header.metadata,
    has: (tensor) => header.tensors.has(tensor),
    file: name,
  });
  return {
    family,
    variant,
    pipeline: pipelines[variant],
    unet: part(config, inner, [unet2dCondition(config)], (weight) => unetPlace(weight, found)),
    ...(vae === undefined ? {} : { vae }),
    text,
    scheduler: schedulerOf(hints, betas),
    distilled: hints.distilled,
    facts: [
      { name: 'family', value: title, from: 'weights' },
      { name: 'variant', value: variant, from: 'weights' },
      ...hints.facts,
      { name: 'scale', value: scale, from: 'table' },
      {
        name: 'heads',
        value: heads.kind === 'count' ? heads.heads : `width / ${heads.width}`,
        from: 'table',
      },
      { name: 'groups', value: Number(config['norm_num_groups']), from: 'table' },
      { name: 'schedule', value: `${betas.start} … ${betas.end}, scaled linear`, from: 'table' },
    ],
  };
}

/** Layers of OpenCLIP's ViT-H: Stable Diffusion 2 takes the last but one, and files hold the last or do not. */
const VIT_H = { layers: 24, used: 23 };

function textParts(tensors: Tensors, family: Family): readonly CheckpointText[] {
  const clip = (prefix: string, context: CheckpointText['context']): CheckpointText => {
    const own = tensors.under(prefix);
    const config = clipShape(own);
    const place = (weight: string): FilePlace => ({
      name: own.has(weight) ? weight : weight.replace(/^text_model\./u, ''),
    });
    return { ...part(config, own, [clipText(config)], place), pad: 'end', context };
  };
  const openClip = (prefix: string, used: number, projection: boolean): CheckpointText => {
    const own = tensors.under(prefix);
    const config = openClipShape(own, used, projection);
    const context = projection ? 'penultimate' : 'last_hidden_state';
    return { ...part(config, own, [clipText(config, { projection })], openClipPlace), pad: 'zero', context };
  };
  const layers = (prefix: string) => openClipLayers(tensors.under(prefix));
  if (family === 'sd1')
    return tensors.under(PREFIX.clip).empty ? [] : [clip(PREFIX.clip, 'last_hidden_state')];
  if (family === 'sd2') {
    const all = layers(PREFIX.openClip);
    return all === 0 ? [] : [openClip(PREFIX.openClip, all === VIT_H.layers ? VIT_H.used : all, false)];
  }
  if (family === 'sdxl-refiner')
    return layers(PREFIX.refinerClip) === 0
      ? []
      : [openClip(PREFIX.refinerClip, layers(PREFIX.refinerClip), true)];
  if (tensors.under(PREFIX.xlClip).empty || layers(PREFIX.xlOpenClip) === 0) return [];
  return [clip(PREFIX.xlClip, 'penultimate'), openClip(PREFIX.xlOpenClip, layers(PREFIX.xlOpenClip), true)];
}

/** XL: the width of each number's waves is what is left of the projection beside the pooled vector. */
function withNumbers(
  config: Readonly<Record<string, unknown>>,
  numbers: number,
  pooled: CheckpointText | undefined,
  name: string,
): Readonly<Record<string, unknown>> {
  const total = config['projection_class_embeddings_input_dim'];
  if (typeof total !== 'number') return config;
  const width = pooled?.config['projection_dim'];
  const each = (total - (typeof width === 'number' ? width : POOLED)) / numbers;
  if (!Number.isInteger(each) || each < 2)
    throw new LoomError('package-invalid', `${name}: its text encoders and its U-Net do not fit together.`, {
      file: name,
    });
  return { ...config, addition_time_embed_dim: each };
}
/** Width of ViT-bigG's pooled vector, for files without text encoders. */
const POOLED = 1280;

function vaePart(tensors: Tensors, scale: number, name: string): CheckpointPart | undefined {
  if (tensors.empty) return undefined;
  const { levels, ...config } = vaeShape(tensors, scale, name);
  const place = (weight: string) => vaePlace(weight, levels);
  return part(config, tensors, [klEncoder(config), klDecoder(config)], place);
}

function autoencoderAlone(tensors: Tensors, name: string): Checkpoint {
  const inner = tensors.under(PREFIX.vae);
  const scale = (/xl/iu.test(name) ? FAMILIES.sdxl : FAMILIES.autoencoder).scale;
  const vae = vaePart(inner.empty ? tensors : inner, scale, name);
  return {
    family: 'autoencoder',
    variant: 'base',
    pipeline: undefined,
    ...(vae === undefined ? {} : { vae }),
    text: [],
    scheduler: {},
    distilled: 'no',
    facts: [
      { name: 'family', value: FAMILIES.autoencoder.title, from: 'weights' },
      // The autoencoders of 1, 2 and XL have the same shapes.
      { name: 'scale', value: scale, from: 'guess' },
    ],
  };
}

function part(
  config: Readonly<Record<string, unknown>>,
  tensors: Tensors,
  descriptions: readonly NetworkDescription[],
  place: (weight: string) => FilePlace | undefined,
): CheckpointPart {
  return { config, entries: viewOf(descriptions, tensors.entries, place) };
}

function schedulerOf(
  { prediction, distilled }: Hints,
  betas: { readonly start: number; readonly end: number },
): Readonly<Record<string, unknown>> {
  return {
    _class_name:
      distilled === 'lcm'
        ? 'LCMScheduler'
        : distilled === 'turbo'
          ? 'EulerDiscreteScheduler'
          : 'DDIMScheduler',
    num_train_timesteps: 1000,
    beta_start: betas.start,
    beta_end: betas.end,
    beta_schedule: 'scaled_linear',
    prediction_type: prediction,
    timestep_spacing: distilled === 'turbo' ? 'trailing' : 'leading',
    steps_offset: 1,
    set_alpha_to_one: false,
  };
}
