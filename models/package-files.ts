/** The files of one package: ours, fetched whole and verified; or a person's, read where they lie. */
import { LoomError, type LoadOptions, type PackageDescription } from '@/engine/types';
import type { FileCache } from './cache';
import type { FileSource } from './files';
import { readWhole, type ModelFolder } from './folder';
import { loadFile } from './load';
import { sha256Hex } from './sha256';

export interface PackageFiles {
  /** Whole files one after the other, with bytes reported over all of them. */
  load(names: readonly string[], options: LoadOptions): Promise<Uint8Array[]>;
  /** A file as a `Blob` that is read piece by piece; undefined where the place has none. */
  blob(name: string, signal: AbortSignal): Promise<Blob | undefined>;
  /** A file that the product brings for all packages, by its path below `models/`. */
  builtIn(path: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Bytes start…end−1 of a file. */
  slice(name: string, start: number, end: number, signal: AbortSignal): Promise<Uint8Array>;
}

type Files = PackageDescription['files'];

const sizeOf = (id: string, files: Files, name: string): number => {
  const entry = files[name];
  if (entry === undefined)
    throw new LoomError('package-invalid', `${id} lists no file "${name}".`, { package: id, file: name });
  return entry.size;
};

/** Loads files one by one; progress counts over all. */
async function inTurn(
  { id, files }: Pick<PackageDescription, 'id' | 'files'>,
  names: readonly string[],
  options: LoadOptions,
  one: (name: string, progress: (done: number) => void) => Promise<Uint8Array>,
): Promise<Uint8Array[]> {
  const sizes = names.map((name) => sizeOf(id, files, name));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const loaded: Uint8Array[] = [];
  let before = 0;
  for (const [i, name] of names.entries()) {
    const base = before;
    loaded.push(await one(name, (done) => options.progress?.(base + done, total)));
    before += sizes[i] ?? 0;
  }
  return loaded;
}

/** Files of our packages: each is checked against the manifest's hash, and cached where there is a cache. */
export function verifiedFiles(
  description: Pick<PackageDescription, 'id' | 'files'>,
  source: FileSource,
  cache: FileCache | undefined,
): PackageFiles {
  const { id, files } = description;
  const load: PackageFiles['load'] = (names, options) =>
    inTurn(description, names, options, (file, progress) => {
      const { size = 0, sha256 } = files[file] ?? {};
      if (sha256 === undefined)
        throw new LoomError('package-invalid', `${id} lists no hash of "${file}".`, { package: id, file });
      return loadFile(
        source,
        cache,
        { package: id, file, size, sha256 },
        { signal: options.signal, progress },
      );
    });
  return {
    load,
    builtIn: (path, signal) => readBuiltIn(source, path, signal),
    blob: () => Promise.resolve(undefined),
    async slice(name, start, end, signal) {
      const [whole = new Uint8Array()] = await load([name], { signal });
      return whole.subarray(start, end);
    },
  };
}

async function readBuiltIn(source: FileSource, path: string, signal: AbortSignal): Promise<Uint8Array> {
  const { chunks } = await source.open(path, signal);
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return new Uint8Array(await new Blob(parts.map((part) => new Uint8Array(part))).arrayBuffer());
}

const damaged = (file: string): LoomError =>
  new LoomError(
    'file-damaged',
    `The file ${file} is damaged: its contents are not what its list says.`,
    { file },
    { fix: `Copy or download ${file} again.`, details: { file } },
  );

/** Files of a person's folder, as they lie there; what has a hash beforehand is checked when it is read whole. */
export function folderFiles(
  description: Pick<PackageDescription, 'id' | 'files'>,
  folder: ModelFolder,
  source: FileSource,
): PackageFiles {
  const { id, files } = description;
  const at = (thrown: unknown): never => {
    throw thrown instanceof LoomError ? thrown.at({ package: id }) : thrown;
  };
  return {
    load: (names, options) =>
      inTurn(description, names, options, async (path, progress) => {
        const bytes = await readWhole(
          folder,
          { path, size: sizeOf(id, files, path) },
          options.signal,
          progress,
        );
        const { sha256 } = files[path] ?? {};
        if (sha256 !== undefined && (await sha256Hex(bytes)) !== sha256) throw damaged(path);
        return bytes;
      }).catch(at),
    builtIn: (path, signal) => readBuiltIn(source, path, signal),
    blob: async (name, signal) => folder.blob?.(name, signal).catch(at),
    slice: (name, start, end, signal) => folder.read(name, start, end, signal).catch(at),
  };
}
