/** The model packages that the command line knows: the repository's own, and a folder, package or file the user names. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LoomError, type Catalog, type Diagnostic } from '@/engine';
import {
  createCatalog,
  findPackages,
  readPackages,
  type FileSource,
  type KnownLora,
  type KnownPackage,
} from '@/models';
import { createNodeFiles } from '@/models/files-node';
import { createNodeFolder } from '@/models/folder-node';

/** The repository's own packages. */
export const builtIn = fileURLToPath(new URL('../../models/', import.meta.url));

/** What is installed, where its files come from, and what of it cannot be used. */
export interface Installed {
  readonly packages: readonly KnownPackage[];
  readonly catalog: Catalog;
  readonly files: FileSource;
  readonly loras: readonly KnownLora[];
  /** Folders and files that hold no usable model, by their path below the folder that was named. */
  readonly failed: readonly { readonly path: string; readonly error: LoomError }[];
}

const idsIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'manifest.json')))
    .map((entry) => entry.name);

/**
 * Every package in `models/` and in `extra`: a folder of packages, one package (ours, a diffusers folder) or one
 * `.safetensors` file. Where both have one of the same id, `extra`'s counts. What cannot be used stands in `failed`.
 * @throws LoomError `file-missing` where `extra` is not there, `package-missing` where it holds no model
 */
export async function installed(extra?: string): Promise<Installed> {
  if (extra?.trim() === '')
    throw new LoomError('bad-input', '--models is empty.', {}, { fix: 'Name a folder of models.' });
  const files = createNodeFiles(builtIn);
  const own = await readPackages(files, idsIn(builtIn));
  const found =
    extra === undefined
      ? []
      : await findPackages(createNodeFolder(extra), new AbortController().signal).catch((thrown: unknown) => {
          throw thrown instanceof LoomError ? thrown.at({ path: extra }) : thrown;
        });
  const named = basename(resolve(extra ?? ''));
  const loras = found.flatMap((one) => ('lora' in one ? [one.lora] : []));
  const known = found.flatMap((one) => ('known' in one ? [one.known] : []));
  const failed = found.flatMap(({ path, ...one }) =>
    'error' in one ? [{ path: path === '' ? named : path, error: one.error }] : [],
  );
  const ids = new Set(known.map(({ description }) => description.id));
  const packages = [...own.filter(({ description }) => !ids.has(description.id)), ...known];
  return { packages, catalog: createCatalog(packages, loras), files, loras, failed };
}

/** Why a package that a graph names is missing, where its folder is there and cannot be used. */
export function whyMissing(
  { failed }: Pick<Installed, 'failed'>,
  diagnostics: readonly Diagnostic[],
): LoomError | undefined {
  for (const { code, got = '' } of diagnostics) {
    if (code !== 'package-missing') continue;
    // `folder:NAME#HASH` names the folder or file that it was opened from.
    const [, name = got] = /^folder:(.*)#[0-9a-f]+$/u.exec(got) ?? [];
    const found = failed.find(({ path }) => basename(path).replace(/\.safetensors$/u, '') === name);
    if (found) return found.error.at({ package: got });
  }
  return undefined;
}
