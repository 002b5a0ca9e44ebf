/** One file of a package: fetched with progress, verified, cached. Nothing damaged is cached or handed on. */
import { LoomError } from '@/engine/types';
import type { FileCache } from './cache';
import type { FileSource } from './files';
import { sha256Hex } from './sha256';

/** What a manifest says of a file. */
export interface ExpectedFile {
  readonly package: string;
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
}
export interface LoadFileOptions {
  readonly signal: AbortSignal;
  /** Bytes of this file so far. */
  readonly progress?: (done: number) => void;
}

/**
 * The file's bytes. Throws `file-missing`, `file-truncated` (shorter than the
 * manifest says), `file-damaged` (longer, or other bytes) or `network`.
 */
export async function loadFile(
  source: FileSource,
  cache: FileCache | undefined,
  expected: ExpectedFile,
  options: LoadFileOptions,
): Promise<Uint8Array> {
  const kept = await fromCache(cache, expected);
  options.signal.throwIfAborted();
  if (kept !== undefined) {
    options.progress?.(expected.size);
    return kept;
  }
  const bytes = await fetchWhole(source, expected, options);
  if ((await sha256Hex(bytes)) !== expected.sha256)
    throw damaged(expected, 'its contents are not what the manifest says');
  options.signal.throwIfAborted();
  // A full disk costs the next visit time, but not this one its result.
  await cache?.put(expected.sha256, bytes).catch(() => {});
  return bytes;
}

/** What is in the cache if it is whole; else it is thrown out. */
async function fromCache(
  cache: FileCache | undefined,
  expected: ExpectedFile,
): Promise<Uint8Array | undefined> {
  const bytes = await cache?.get(expected.sha256).catch(() => undefined);
  if (bytes === undefined) return undefined;
  if (bytes.byteLength === expected.size && (await sha256Hex(bytes)) === expected.sha256) return bytes;
  await cache?.delete(expected.sha256).catch(() => {});
  return undefined;
}

async function fetchWhole(
  source: FileSource,
  expected: ExpectedFile,
  options: LoadFileOptions,
): Promise<Uint8Array> {
  const path = `${expected.package}/${expected.file}`;
  const stream = await source.open(path, options.signal).catch((thrown: unknown) => {
    throw thrown instanceof LoomError ? thrown.at({ package: expected.package }) : thrown;
  });
  const bytes = new Uint8Array(expected.size);
  let done = 0;
  try {
    for await (const chunk of stream.chunks) {
      options.signal.throwIfAborted();
      if (done + chunk.byteLength > expected.size)
        throw damaged(expected, `it is longer than ${expected.size} bytes`);
      bytes.set(chunk, done);
      done += chunk.byteLength;
      options.progress?.(done);
    }
  } catch (thrown) {
    // A connection cut off in the middle leaves a part: the same as a file that ends early.
    if (thrown instanceof LoomError && thrown.code === 'network' && done > 0)
      throw truncated(expected, done, thrown);
    throw thrown;
  }
  if (done < expected.size) throw truncated(expected, done);
  return bytes;
}

function truncated(expected: ExpectedFile, done: number, cause?: unknown): LoomError {
  const path = `${expected.package}/${expected.file}`;
  return new LoomError(
    'file-truncated',
    `The file ${path} ends after ${done} of ${expected.size} bytes.`,
    { file: path, package: expected.package },
    {
      fix: `Fetch ${path} again; nothing of it was kept.`,
      details: { file: path, done, size: expected.size },
      cause,
    },
  );
}

function damaged(expected: ExpectedFile, why: string): LoomError {
  const path = `${expected.package}/${expected.file}`;
  return new LoomError(
    'file-damaged',
    `The file ${path} is damaged: ${why}.`,
    { file: path, package: expected.package },
    { fix: `Fetch ${path} again; nothing of it was kept.`, details: { file: path } },
  );
}
