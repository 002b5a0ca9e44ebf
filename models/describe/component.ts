/** Which files of a folder are a network. */
import { LoomError } from '@/engine/types';
import type { FolderFile } from '../folder';
import type { NetworkPart } from '../networks/network-of';
import { graphNetwork } from './graph-network';
import { need, type Component, type Reading, type VirtualPart } from './reading';
import { weightDirectory, weightsNetwork, type WeightDirectory } from './weights-network';
import { readJson } from '../folder';

/** Where a component was found. */
export type Found =
  | { readonly kind: 'graph'; readonly file: FolderFile }
  | { readonly kind: 'weights'; readonly file: FolderFile; readonly config: FolderFile }
  | { readonly kind: 'part'; readonly file: FolderFile; readonly part: VirtualPart };

/** Files of weights by preference: whole before half, the plain name before variants. */
const weightNames = [
  'diffusion_pytorch_model.safetensors',
  'diffusion_pytorch_model.safetensors.index.json',
  'model.safetensors',
  'model.safetensors.index.json',
  'diffusion_pytorch_model.fp16.safetensors',
  'model.fp16.safetensors',
  'diffusion_pytorch_model.non_ema.safetensors',
];

/**
 * The network of one of these names: `NAME/model.onnx`, `NAME/NAME.onnx`, `NAME.onnx`, the only `.onnx` in `NAME/`;
 * else safetensors with a config. Undefined where there is none.
 */
export function findComponent({ files, virtual }: Reading, names: readonly string[]): Found | undefined {
  if (virtual) {
    const part = names.map((name) => virtual.parts.get(name)).find(Boolean);
    return part && { kind: 'part', file: virtual.file, part };
  }
  for (const name of names) {
    for (const path of [`${name}/model.onnx`, `${name}/${name}.onnx`, `${name}.onnx`]) {
      const file = files.get(path);
      if (file) return { kind: 'graph', file };
    }
    const graphs = [...files.values()].filter(
      ({ path }) => path.startsWith(`${name}/`) && path.endsWith('.onnx'),
    );
    const [only] = graphs;
    if (only && graphs.length === 1) return { kind: 'graph', file: only };
  }
  for (const name of names) {
    const config = files.get(`${name}/config.json`);
    const file = weightNames.map((weights) => files.get(`${name}/${weights}`)).find(Boolean);
    if (config && file) return { kind: 'weights', file, config };
  }
  return undefined;
}

/** Directories that were read already: an autoencoder's two halves share one. */
const directories = new WeakMap<Reading, Map<string, Promise<WeightDirectory>>>();

/** The directory of a component's safetensors, read once. */
export function directoryOf(reading: Reading, file: FolderFile): Promise<WeightDirectory> {
  const known = directories.get(reading) ?? new Map<string, Promise<WeightDirectory>>();
  directories.set(reading, known);
  const directory = known.get(file.path) ?? weightDirectory(reading, file);
  known.set(file.path, directory);
  return directory;
}

/** Describes what was found. `skip`: layers of a text encoder that are left out at the end. */
export async function openComponent(
  reading: Reading,
  found: Found,
  part: NetworkPart,
  skip = 0,
): Promise<Component> {
  if (found.kind === 'graph') return graphNetwork(reading, found.file);
  if (found.kind === 'part') need(reading, found.file.path);
  const directory =
    found.kind === 'part'
      ? { files: [found.file], entries: found.part.entries }
      : await directoryOf(reading, found.file);
  const config =
    found.kind === 'part' ? found.part.config : await readJson(reading.folder, found.config, reading.signal);
  try {
    return weightsNetwork(directory, part, config, { name: found.file.path, skip });
  } catch (thrown) {
    throw thrown instanceof LoomError ? thrown.at({ file: found.file.path }) : thrown;
  }
}
