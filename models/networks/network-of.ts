/** The one entry from a config and the weights it belongs to, to a network. */
import { z } from 'zod';
import { LoomError, type NetworkDescription, type WeightEntry } from '@/engine/types';
import { klDecoder, klEncoder } from './diffusers/autoencoder-kl';
import { tinyDecoder, tinyEncoder } from './diffusers/autoencoder-tiny';
import { unet2d } from './diffusers/unet-2d';
import { unet2dCondition } from './diffusers/unet-2d-condition';
import { vqDecoder, vqEncoder } from './diffusers/vq-model';
import { fitWeights } from './fit-weights';
import { clipText } from './transformers/clip-text';
import { ldmBert } from './transformers/ldm-bert';

/** Which network of the config's class: an autoencoder has two. */
export type NetworkPart = 'unet' | 'encoder' | 'decoder' | 'text';

export interface NetworkOptions {
  /** Named in errors; default: the part. */
  readonly name?: string;
  /** Text encoders: layers left out at the end. 0 is what the config says; "CLIP skip 2" of the model sites is 1. */
  readonly skip?: number;
}

type Build = (config: unknown, name: string, options: NetworkOptions) => NetworkDescription;

/** Every class that is taken, by the name its config gives. */
const CLASSES: Readonly<Record<string, Partial<Readonly<Record<NetworkPart, Build>>>>> = {
  UNet2DConditionModel: { unet: unet2dCondition },
  UNet2DModel: { unet: unet2d },
  AutoencoderKL: { encoder: klEncoder, decoder: klDecoder },
  VQModel: { encoder: vqEncoder, decoder: vqDecoder },
  AutoencoderTiny: { encoder: tinyEncoder, decoder: tinyDecoder },
  CLIPTextModel: {
    text: (config, name, { skip = 0 }) => clipText(config, { skip, projection: false }, name),
  },
  CLIPTextModelWithProjection: {
    text: (config, name, { skip = 0 }) => clipText(config, { skip, projection: true }, name),
  },
  LDMBertModel: { text: (config, name) => ldmBert(config, name) },
};

/** `model_type` of transformers' configs that do not name their class. */
const BY_TYPE: Readonly<Record<string, string>> = {
  clip_text_model: 'CLIPTextModel',
  ldmbert: 'LDMBertModel',
};

const classSchema = z.object({
  _class_name: z.string().optional(),
  architectures: z.array(z.string()).nullish(),
  model_type: z.string().optional(),
  export_model_type: z.string().optional(),
});

/** The class of a config: `_class_name` of diffusers, `architectures` or `model_type` of transformers; undefined if it says none. */
export function classOf(config: unknown): string | undefined {
  const parsed = classSchema.safeParse(config);
  if (!parsed.success) return undefined;
  const { _class_name, architectures, model_type = '', export_model_type } = parsed.data;
  if (export_model_type === 'clip-text-with-projection') return 'CLIPTextModelWithProjection';
  const named = _class_name ?? architectures?.[0];
  return named ?? (Object.hasOwn(BY_TYPE, model_type) ? BY_TYPE[model_type] : undefined);
}

/**
 * The network that a diffusers or transformers config describes, over the weights `entries`.
 * Nothing but the config and the directory of the weights is read.
 *
 * Throws `unsupported` for a class that is not of the family, `package-invalid` for a malformed config
 * or for weights that are missing or of another shape, naming them.
 *
 * @example
 * const config: unknown = JSON.parse(await file('unet/config.json'));
 * const store = fileWeights([{ path, data, header: await readSafetensorsHeader(data, path) }]);
 * const description = networkOf('unet', config, store.entries);
 * const session = await backend.createSession({ name: 'U-Net', description, weights: store, precision: 'fp32' });
 */
export function networkOf(
  part: NetworkPart,
  config: unknown,
  entries: ReadonlyMap<string, WeightEntry>,
  options: NetworkOptions = {},
): NetworkDescription {
  const name = options.name ?? part;
  const named = classOf(config);
  const build = named !== undefined && Object.hasOwn(CLASSES, named) ? CLASSES[named]?.[part] : undefined;
  if (build === undefined)
    throw new LoomError(
      'unsupported',
      `${name}: ${named === undefined ? 'its config names no class' : `"${named}" is not taken as ${part}`}.`,
      {},
      {
        fix: 'Models of the Stable Diffusion family are taken: 1.x, 2.x, XL, LCM, LDM and their autoencoders.',
      },
    );
  return fitWeights(build(config, name, options), entries);
}
