/** The autoencoder of a diffusers folder: KL, VQ, or tiny. */
import { LoomError, type FirstStageDescription, type LatentSpaceInfo } from '@/engine/types';
import type { OnnxHeader } from '../onnx/graph-header';
import { ELEMENT_BYTES } from '../onnx/element-type';
import { findComponent, openComponent } from './component';
import { configOf, type Component, type Reading } from './reading';
import { classNameOf, vaeSchema, type VaeConfig } from './configs';
import { fromGuess, fromTable, fromWeights } from './facts';
import { fingerprint } from './fingerprint';
import { latentSpace, type SpaceNumbers } from './spaces';

const decoderNames = ['vae_decoder', 'vqvae_decoder', 'decoder', 'vae', 'vqvae', ''] as const;
const encoderNames = ['vae_encoder', 'vqvae_encoder', 'encoder', 'vae', 'vqvae'] as const;
const configPaths = ['vae_decoder', 'vae', 'vqvae', 'vae_encoder'].map((name) => `${name}/config.json`);

export interface DescribedFirstStage {
  readonly latent: LatentSpaceInfo;
  readonly firstStage: FirstStageDescription;
}

/** @param isXl the U-Net beside it is of Stable Diffusion XL: a tiny autoencoder does not say so itself */
export async function describeFirstStage(reading: Reading, isXl: boolean): Promise<DescribedFirstStage> {
  const { sheet } = reading;
  const found = findComponent(reading, decoderNames.filter(Boolean));
  if (found === undefined)
    throw new LoomError(
      'package-incomplete',
      `The model "${reading.folder.name}" has no autoencoder (vae_decoder or vae).`,
      { file: 'vae_decoder/model.onnx' },
      { fix: 'Copy or download the whole folder.', details: { file: 'vae_decoder/model.onnx' } },
    );
  const own = await configOf(reading, [...configPaths, 'config.json'], vaeSchema);
  const config: VaeConfig = own?.config ?? vaeSchema.parse({});
  const from = own?.from ?? fromGuess;
  const decoder = await openComponent(reading, found, 'decoder');
  const back = findComponent(reading, encoderNames);
  const encoder = back && (await openComponent(reading, back, 'encoder'));
  const tiny = classNameOf(config) === 'AutoencoderTiny';
  const codes = classNameOf(config) === 'VQModel' ? (config.num_vq_embeddings ?? undefined) : undefined;
  const blocks = config.encoder_block_out_channels ?? config.block_out_channels;
  const factor = blocks === undefined ? 8 : 2 ** (blocks.length - 1);
  const channels = channelsOf(decoder) ?? config.latent_channels;
  const scale = config.scaling_factor ?? (isXl ? 0.13025 : tiny || codes !== undefined ? 1 : 0.18215);
  const shift = config.shift_factor ?? 0;
  sheet.say('scale', scale, typeof config.scaling_factor === 'number' ? from : fromTable);
  if (shift !== 0) sheet.say('shift', shift, from);
  sheet.say('factor', factor, blocks === undefined ? fromGuess : from);
  sheet.say('channels', channels, channelsOf(decoder) === undefined ? from : fromWeights);
  const numbers: SpaceNumbers = {
    channels,
    factor,
    scale,
    shift,
    codes,
    tiny: tiny ? (isXl ? 'sdxl-kl-f8' : 'sd-kl-f8') : undefined,
  };
  const space = latentSpace(numbers, await fingerprint(reading.folder, decoder.files, reading.signal));
  sheet.say('space', space.latent.space, space.from);
  return {
    latent: space.latent,
    firstStage: {
      type: codes === undefined ? 'kl' : 'vq',
      scale,
      shift,
      ...(encoder && { encoder: encoder.network }),
      decoder: decoder.network,
      ...(codes !== undefined && codebookOf(decoder, codes, channels)),
    },
  };
}

/** Latent channels that the decoder's own input says. */
function channelsOf({ network, header }: Component): number | undefined {
  const dim = network.kind === 'graph' ? network.inputs[0]?.dims[1] : undefined;
  return typeof dim === 'number' ? dim : header && firstConvolution(header);
}

/** Input channels of the first convolution: its weight is [out, in, kh, kw]. */
export function firstConvolution({ nodes, initializers }: OnnxHeader): number | undefined {
  const convolution = nodes.find(({ op }) => op === 'Conv');
  const weight = initializers.find(({ name }) => name === convolution?.inputs[1]);
  return weight?.dims[1];
}

/** The codebook where a decoder has it: [codes, channels] of float32 among its weights. */
function codebookOf(
  { network, header, entries }: Component,
  codes: number,
  channels: number,
): Pick<FirstStageDescription, 'codebook' | 'quantisesItself'> {
  const isBook = (shape: readonly number[]): boolean => shape[0] === codes && shape[1] === channels;
  const quantisesItself =
    network.kind === 'weights'
      ? network.network.ops.some(({ op }) => op === 'quantise')
      : (header?.nodes.some(({ op }) => op === 'ArgMin' || op === 'ArgMax') ?? false);
  const entry = [...(entries?.values() ?? [])].find(
    ({ shape, name }) => isBook(shape) && name.includes('embed'),
  );
  if (entry && network.kind === 'weights')
    return {
      quantisesItself,
      codebook: {
        entries: codes,
        from: {
          kind: 'slice',
          file: network.files[entry.file] ?? '',
          offset: entry.offset,
          bytes: entry.bytes,
          type: entry.dtype === 'float16' ? 'float16' : 'float32',
        },
      },
    };
  const tensor = header?.initializers.find(({ dims, place }) => isBook(dims) && place !== undefined);
  if (tensor?.place === undefined || network.kind !== 'graph') return { quantisesItself };
  const { place } = tensor;
  const bytes = codes * channels * (ELEMENT_BYTES[tensor.type] ?? 4);
  return {
    quantisesItself,
    codebook: {
      entries: codes,
      from: {
        kind: 'slice',
        file:
          place.kind === 'inside'
            ? network.graph
            : (network.external.find(({ path }) => path === place.location)?.file ?? ''),
        offset: place.offset,
        bytes,
        type: tensor.type === 'float16' ? 'float16' : 'float32',
      },
    },
  };
}
