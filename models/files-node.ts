/** Package files in a folder. Node only: the browser's bundle never imports this. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LoomError } from '@/engine/types';
import { missing, type FileSource } from './files';

/** Files below `folder`, e.g. the repository's `models`. */
export function createNodeFiles(folder: string): FileSource {
  return {
    async open(path, signal) {
      signal.throwIfAborted();
      const file = join(folder, path);
      const found = await stat(file).catch(() => undefined);
      if (found?.isFile() !== true) throw missing(path, file);
      return { size: found.size, chunks: chunks(file, path, signal) };
    },
  };
}

async function* chunks(file: string, path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file, { signal, highWaterMark: 1 << 20 })) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('expected bytes');
      yield chunk;
    }
  } catch (thrown) {
    signal.throwIfAborted();
    throw new LoomError(
      'file-missing',
      `The file ${file} could not be read.`,
      { file: path },
      { cause: thrown },
    );
  }
}
