/** Which models a folder holds: one, several, or loose files. */
import { LoomError } from '@/engine/types';
import { subFolder, type FolderFile, type ModelFolder } from '../folder';
import { parsePackage, type KnownPackage } from '../packages';
import { readWhole } from '../folder';
import { describeCheckpoint } from './checkpoint';
import { describeDiffusers } from './diffusers';
import { unsupportedFamily } from './families';
import { loraOf, type KnownLora } from '../lora/open-lora';
import { readSafetensorsHeader } from '../weights/safetensors-header';

/** A model that was found and its description, a LoRA, or why it is neither. */
export type FoundPackage =
  | { readonly path: string; readonly known: KnownPackage }
  | { readonly path: string; readonly lora: KnownLora }
  | { readonly path: string; readonly error: LoomError };

/** Folders of a part of a model: where one of them has a network, the folder above is a model. */
const parts = ['unet', 'vae_decoder', 'vae', 'vqvae', 'transformer'] as const;
const pickles = /\.(?:ckpt|pt|pth|pkl|bin)$/iu;

type Kind = 'loom' | 'diffusers' | 'checkpoint' | 'pickle';
interface Root {
  readonly path: string;
  readonly kind: Kind;
}

/** Where the models of a folder begin. Outer ones win: parts of a model are none themselves. */
export function rootsOf(list: readonly FolderFile[]): readonly Root[] {
  const roots = new Map<string, Kind>();
  const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');
  const above = (path: string): string => folderOf(folderOf(path));
  for (const { path } of list) {
    const name = path.split('/').at(-1) ?? '';
    const folder = folderOf(path);
    if (name === 'manifest.json') roots.set(folder, 'loom');
    else if (name === 'model_index.json' && !roots.has(folder)) roots.set(folder, 'diffusers');
    const part = folder.split('/').at(-1);
    const isNetwork = /\.(?:onnx|safetensors)$/u.test(name);
    if (isNetwork && parts.some((one) => one === part) && !roots.has(above(path)))
      roots.set(above(path), 'diffusers');
    if (/^(?:unet|vae_decoder|model)\.onnx$/u.test(name) && name !== 'model.onnx' && !roots.has(folder))
      roots.set(folder, 'diffusers');
  }
  const inside = (path: string): boolean =>
    [...roots.keys()].some((root) => root === '' || path === root || path.startsWith(`${root}/`));
  const loose: Root[] = list
    .filter(({ path }) => !inside(path) && (path.endsWith('.safetensors') || pickles.test(path)))
    .map(({ path }) => ({ path, kind: path.endsWith('.safetensors') ? 'checkpoint' : 'pickle' }));
  const outer = [...roots]
    .filter(
      ([path]) =>
        ![...roots.keys()].some((other) => other !== path && (other === '' || path.startsWith(`${other}/`))),
    )
    .map(([path, kind]) => ({ path, kind }));
  return [...outer, ...loose].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Describes every model of a folder; one that cannot be used does not stop the others. Nothing but JSON and headers is read.
 * Throws `file-missing` where the folder is gone, `unsupported-family` or `needs-export` where it holds no model at all.
 *
 * @example
 * for (const found of await findPackages(createNodeFolder('/models'), signal))
 *   console.log(found.path, 'known' in found ? found.known.description.id : 'lora' in found ? found.lora.id : found.error.message);
 */
export async function findPackages(
  folder: ModelFolder,
  signal: AbortSignal,
): Promise<readonly FoundPackage[]> {
  const list = await folder.list(signal);
  const roots = rootsOf(list);
  if (roots.length === 0) throw nothingHere(folder, list);
  const found: FoundPackage[] = [];
  for (const root of roots)
    found.push(
      await describeRoot(folder, list, root, signal).then(
        (one): FoundPackage => ({ path: root.path, ...one }),
        (thrown: unknown): FoundPackage => {
          signal.throwIfAborted();
          if (thrown instanceof LoomError) return { path: root.path, error: thrown };
          throw thrown;
        },
      ),
    );
  return found;
}

async function describeRoot(
  folder: ModelFolder,
  list: readonly FolderFile[],
  { path, kind }: Root,
  signal: AbortSignal,
): Promise<{ readonly known: KnownPackage } | { readonly lora: KnownLora }> {
  if (kind === 'pickle') throw needsExport(path);
  if (kind === 'checkpoint') {
    const file = list.find((one) => one.path === path);
    if (file === undefined) throw new LoomError('internal', 'A listed file vanished.');
    const header = await readSafetensorsHeader(
      { size: file.size, range: (start, end) => folder.read(path, start, end, signal) },
      path,
    );
    const lora = await loraOf(folder, file, header, signal);
    return lora ? { lora } : { known: await describeCheckpoint(folder, file, signal) };
  }
  const own = subFolder(folder, path);
  const files =
    path === ''
      ? list
      : list
          .filter((file) => file.path.startsWith(`${path}/`))
          .map((file) => ({ ...file, path: file.path.slice(path.length + 1) }));
  if (kind === 'loom') {
    const manifest = files.find((file) => file.path === 'manifest.json');
    const bytes = await readWhole(own, manifest ?? { path: 'manifest.json', size: 0 }, signal);
    return { known: { ...(await parsePackage(own.name, bytes)), folder: own } };
  }
  if (files.some((file) => file.path.startsWith('transformer/')))
    throw unsupportedFamily('a diffusion transformer (Flux, Stable Diffusion 3 or a video model)', path);
  return { known: await describeDiffusers(own, files, signal) };
}

/** A pickle runs code when it is opened: it never is. */
const needsExport = (path: string): LoomError =>
  new LoomError(
    'needs-export',
    `${path} is a pickle, which can run any code when it is opened, so it is not.`,
    { file: path },
    {
      fix: 'Get the model as .safetensors, or export it: optimum-cli export onnx --model ID FOLDER',
      details: { file: path, command: 'optimum-cli export onnx --model ID FOLDER' },
    },
  );

function nothingHere(folder: ModelFolder, list: readonly FolderFile[]): LoomError {
  const other = list.find(({ path }) => /\.(?:gguf|onnx)$/u.test(path));
  if (other) return unsupportedFamily(`"${other.path}"`, other.path);
  return new LoomError(
    'package-missing',
    `There is no model in "${folder.name}".`,
    { file: folder.name },
    {
      fix: 'Open a folder with model_index.json, one with manifest.json, or a .safetensors file.',
      details: { package: folder.name },
    },
  );
}
