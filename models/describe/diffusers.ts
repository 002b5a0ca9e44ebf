/**
 * Folders in the layout of diffusers: `model_index.json` with one folder for each part, its network as an ONNX graph
 * (Optimum's, older ones, those of web demos) or as safetensors; or parts without an index. JSON and headers are read, no weights.
 */
import { LoomError, type PackageDescription } from '@/engine/types';
import type { FolderFile, ModelFolder } from '../folder';
import type { KnownPackage } from '../packages';
import { canonicalHash } from './canonical';
import { findComponent } from './component';
import { classNameOf, modelIndexSchema } from './configs';
import { FactSheet } from './facts';
import { fingerprint } from './fingerprint';
import { describeFirstStage } from './first-stage';
import { licenceOf } from './licence';
import { configOf, type Reading } from './reading';
import { describeText } from './text';
import { describeUNet } from './unet';

/**
 * The description of a diffusers folder. Throws `unsupported-family`, `package-incomplete`, `package-invalid`,
 * `graph-unsupported`, `file-truncated`, each naming the file.
 */
export async function describeDiffusers(
  folder: ModelFolder,
  list: readonly FolderFile[],
  signal: AbortSignal,
): Promise<KnownPackage> {
  return describeReading({
    folder,
    files: new Map(list.map((file) => [file.path, file])),
    signal,
    sheet: new FactSheet(),
    used: new Map(),
  });
}

/** The description of what a folder, or a file read like one, holds. */
export async function describeReading(reading: Reading): Promise<KnownPackage> {
  const { folder, signal } = reading;
  const index = await configOf(reading, ['model_index.json'], modelIndexSchema);
  const pipeline = index && { name: classNameOf(index.config) ?? '', path: index.path, from: index.from };
  const unet = await describeUNet(reading, pipeline);
  if (pipeline && unet === undefined)
    throw new LoomError(
      'package-incomplete',
      `The model "${folder.name}" has no U-Net that can be opened.`,
      { file: 'unet/model.onnx' },
      { fix: 'Copy or download the whole folder.', details: { file: 'unet/model.onnx' } },
    );
  const { latent, firstStage } = await describeFirstStage(reading, unet?.isXl ?? /xl/iu.test(folder.name));
  const described =
    unet &&
    (await describeText(reading, {
      vectorWidth: unet.vectorWidth,
      contextLength: unet.contextLength,
      nullIsZero: index?.config.force_zeros_for_empty_prompt ?? unet.isXl,
    }));
  const text =
    described?.text &&
    (unet?.vectorWidth === undefined
      ? {
          ...described.text,
          encoders: described.text.encoders.map((encoder) => ({ ...encoder, vector: undefined })),
        }
      : described.text);
  const finished = unet?.finish({ channels: latent.channels, factor: latent.factor, textWidth: text?.width });
  const words = described
    ? await fingerprint(
        folder,
        [
          ...described.components.flatMap(({ files }) => files),
          ...[...reading.used.values()].filter(({ path }) => path.startsWith('tokenizer')),
        ],
        signal,
      )
    : undefined;
  const files = Object.fromEntries(
    [...reading.used.values()].map(({ path, size, sha256 }) => [path, { size, ...(sha256 && { sha256 }) }]),
  );
  const isGraph = findComponent(reading, ['unet', 'vae_decoder', 'vae'])?.kind === 'graph';
  const layout = reading.virtual ? 'checkpoint' : isGraph ? 'diffusers-onnx' : 'diffusers';
  const nameless: Omit<PackageDescription, 'id'> = {
    layout,
    title: folder.name,
    description: unet ? unet.family.title : 'An autoencoder.',
    licence: await licenceOf(reading),
    latent,
    firstStage,
    ...(finished && { unet: finished }),
    conditioner: {
      id: words === undefined ? 'none' : `text:${words.slice(0, 12)}`,
      ...(text && { text }),
    },
    files,
    facts: reading.sheet.facts,
    notices: reading.sheet.notices,
  };
  const contents = await fingerprint(folder, [...reading.used.values()], signal);
  const hash = await canonicalHash(nameless, contents);
  return { description: { ...nameless, id: `folder:${folder.name}#${hash.slice(0, 12)}` }, hash, folder };
}
