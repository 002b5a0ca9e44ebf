/**
 * A folder with the files of models, wherever it lies: on disk (`folder-node.ts`), dropped or
 * picked in a browser, OPFS (`folder-browser.ts`), under a URL (`folder-http.ts`). Files are
 * read in slices: a checkpoint of many gigabytes is never held whole.
 */
import { LoomError } from '@/engine/types';

/** One file. Paths are relative to the folder and use `/`. */
export interface FolderFile {
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970, where the place knows it: with name and size it tells whether a file was hashed already. */
  readonly modified?: number;
  /** Content hash where it is known beforehand (a hub's LFS id). */
  readonly sha256?: string;
}

export interface ModelFolder {
  /** For display and as part of the package's id, e.g. the folder's own name. */
  readonly name: string;
  /** Every file below the folder. Throws `file-missing` where the folder is gone, `network`. */
  list(signal: AbortSignal): Promise<readonly FolderFile[]>;
  /** Bytes start…end−1 of a file. Throws `file-missing`, `file-truncated`, `network`. */
  read(path: string, start: number, end: number, signal: AbortSignal): Promise<Uint8Array>;
  /** The file as a `Blob` whose bytes stay where they are, where the place has such: sessions stream from it. */
  blob?(path: string, signal: AbortSignal): Promise<Blob>;
}

/** Slices of this size make a whole file: a single read of gigabytes fails in browsers. */
const sliceBytes = 64 << 20;

/** A whole file in one array, read in slices. `onBytes` hears how many were read so far. */
export async function readWhole(
  folder: ModelFolder,
  { path, size }: Pick<FolderFile, 'path' | 'size'>,
  signal: AbortSignal,
  onBytes?: (done: number) => void,
): Promise<Uint8Array> {
  const whole = new Uint8Array(size);
  for (let at = 0; at < size; at += sliceBytes) {
    signal.throwIfAborted();
    const end = Math.min(size, at + sliceBytes);
    whole.set(await folder.read(path, at, end, signal), at);
    onBytes?.(end);
  }
  return whole;
}

/** Most bytes of a JSON file of a package. */
export const jsonLimit = 4 << 20;

/** A file's text as JSON. Throws `too-large` beyond `limit`, `package-invalid` where it is no JSON. */
export async function readJson(
  folder: ModelFolder,
  file: Pick<FolderFile, 'path' | 'size'>,
  signal: AbortSignal,
  limit = jsonLimit,
): Promise<unknown> {
  const text = await readText(folder, file, signal, limit);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LoomError(
      'package-invalid',
      `${file.path} is not JSON.`,
      { file: file.path },
      { cause, details: { file: file.path } },
    );
  }
}

/** A file's text (UTF-8). Throws `too-large` beyond `limit`, `package-invalid` where it is no UTF-8. */
export async function readText(
  folder: ModelFolder,
  file: Pick<FolderFile, 'path' | 'size'>,
  signal: AbortSignal,
  limit = jsonLimit,
): Promise<string> {
  const { path, size } = file;
  if (size > limit)
    throw new LoomError(
      'too-large',
      `${path} has ${size} bytes; at most ${limit} are read.`,
      { file: path },
      { details: { file: path, size, limit } },
    );
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readWhole(folder, file, signal));
  } catch (cause) {
    if (cause instanceof LoomError || signal.aborted) throw cause;
    throw new LoomError('package-invalid', `${path} is not text.`, { file: path }, { cause });
  }
}

/** Said where a file of a folder is not there, or no longer. */
export function fileGone(folder: string, path: string, cause?: unknown): LoomError {
  return new LoomError(
    'file-missing',
    `The file ${path} of "${folder}" is missing.`,
    { file: path },
    { fix: 'Put the file back, or open the folder again.', details: { file: path }, cause },
  );
}

/** Said where a file ends before the bytes that were asked for. */
export function fileCut(path: string, done: number, size: number): LoomError {
  return new LoomError(
    'file-truncated',
    `The file ${path} ends after ${done} of ${size} bytes.`,
    { file: path },
    { fix: 'Copy or download the file again.', details: { file: path, done, size } },
  );
}

/** The part of a folder below `prefix`, as a folder of its own. */
export function subFolder(folder: ModelFolder, prefix: string): ModelFolder {
  if (prefix === '') return folder;
  const inside = `${prefix}/`;
  return {
    name: prefix.split('/').at(-1) ?? prefix,
    async list(signal) {
      const files = await folder.list(signal);
      return files
        .filter(({ path }) => path.startsWith(inside))
        .map((file) => ({ ...file, path: file.path.slice(inside.length) }));
    },
    read: (path, start, end, signal) => folder.read(inside + path, start, end, signal),
    ...(folder.blob && {
      blob: (path: string, signal: AbortSignal) =>
        folder.blob?.(inside + path, signal) ?? Promise.reject(fileGone(folder.name, path)),
    }),
  };
}
