/** The model packages that the command line knows: the repository's own, and a folder the user names. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalog } from '@/engine';
import { createCatalog, readPackages, type FileSource, type InstalledPackage } from '@/models';
import { createNodeFiles } from '@/models/files-node';
import { LoomError } from '@/engine/types';
import { inWords } from './system-files';

const builtIn = fileURLToPath(new URL('../../models/', import.meta.url));

/** What is installed and where its files come from. */
export interface Installed {
  readonly packages: readonly InstalledPackage[];
  readonly catalog: Catalog;
  readonly files: FileSource;
}

/** Refuses `--models` where it names no folder. */
function checkModels(folder: string): void {
  const wrong = (message: string): LoomError =>
    new LoomError(
      'bad-input',
      `--models ${message}`,
      {},
      { fix: 'Name the folder that holds the packages’ folders.' },
    );
  if (folder.trim() === '') throw wrong('is empty.');
  try {
    if (!statSync(folder).isDirectory()) throw wrong(`${folder} is a file.`);
  } catch (thrown) {
    if (thrown instanceof LoomError) throw thrown;
    throw inWords(thrown, 'bad-input', `--models ${folder} cannot be read`) ?? thrown;
  }
}

const idsIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'manifest.json')))
    .map((entry) => entry.name);

/**
 * Reads the manifests of every package in `models/` and in `extra`; where both
 * have one of the same id, `extra`'s counts.
 * @throws LoomError `package-invalid` naming the file when a manifest cannot be read.
 */
export async function installed(extra?: string): Promise<Installed> {
  if (extra !== undefined) checkModels(extra);
  const sources = new Map<string, FileSource>();
  for (const folder of extra === undefined ? [builtIn] : [builtIn, extra])
    for (const id of idsIn(folder)) sources.set(id, createNodeFiles(folder));
  const files: FileSource = {
    open: (path, signal) =>
      (sources.get(path.split('/')[0] ?? '') ?? createNodeFiles(builtIn)).open(path, signal),
  };
  const packages = await readPackages(files, [...sources.keys()]);
  return { packages, catalog: createCatalog(packages), files };
}
