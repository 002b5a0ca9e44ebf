/** A folder on disk. Node only: the browser's bundle never imports this. */
import { openAsBlob } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { fileCut, fileGone, type FolderFile, type ModelFolder } from './folder';

/** Folders deeper than this are not searched: a package has its files one level down. */
const maxDepth = 4;

/** The folder at `path`, or, where `path` is a file, a folder that holds this file alone. */
export function createNodeFolder(path: string): ModelFolder {
  const root = resolve(path);
  const place = async (): Promise<{ base: string; only?: string }> => {
    const found = await stat(root).catch((cause: unknown) => {
      throw fileGone(basename(root), root, cause);
    });
    return found.isFile() ? { base: resolve(root, '..'), only: basename(root) } : { base: root };
  };
  return {
    name: basename(root),
    async list(signal) {
      const { base, only } = await place();
      const files: FolderFile[] = [];
      const add = async (name: string) => {
        const { size, mtimeMs } = await stat(join(base, name));
        files.push({ path: name.split(sep).join('/'), size, modified: Math.round(mtimeMs) });
      };
      const walk = async (inside: string, depth: number): Promise<void> => {
        signal.throwIfAborted();
        for (const entry of await readdir(join(base, inside), { withFileTypes: true })) {
          if (entry.name.startsWith('.')) continue;
          const name = join(inside, entry.name);
          if (entry.isFile() || entry.isSymbolicLink()) await add(name).catch(() => undefined);
          else if (entry.isDirectory() && depth < maxDepth) await walk(name, depth + 1);
        }
      };
      if (only === undefined) await walk('', 1);
      else await add(only);
      return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    },
    async read(file, start, end, signal) {
      signal.throwIfAborted();
      const { base } = await place();
      const handle = await open(join(base, file)).catch((cause: unknown) => {
        throw fileGone(basename(root), file, cause);
      });
      try {
        const bytes = new Uint8Array(end - start);
        for (let done = 0; done < bytes.length;) {
          const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
          if (bytesRead === 0) throw fileCut(file, start + done, end);
          done += bytesRead;
        }
        return bytes;
      } finally {
        await handle.close();
      }
    },
    async blob(file, signal) {
      signal.throwIfAborted();
      const { base } = await place();
      return openAsBlob(join(base, file)).catch((cause: unknown) => {
        throw fileGone(basename(root), file, cause);
      });
    },
  };
}
