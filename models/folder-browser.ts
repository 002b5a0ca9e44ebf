/** Folders that a browser hands over: dropped or picked files, directory handles, OPFS. */
import { fileCut, fileGone, type FolderFile, type ModelFolder } from './folder';

/** A dropped or picked file and its path below what was dropped. */
export interface DroppedFile {
  readonly path: string;
  readonly file: File;
}

/** Bytes start…end−1 of a `File`. A file that changed on disk since it was picked can no longer be read. */
async function slice(folder: string, path: string, file: File, start: number, end: number) {
  if (end > file.size) throw fileCut(path, file.size, end);
  const bytes = await file
    .slice(start, end)
    .arrayBuffer()
    .catch((cause: unknown) => {
      throw fileGone(folder, path, cause);
    });
  return new Uint8Array(bytes);
}

/**
 * Dropped files as a folder. Nothing is copied: the files stay where they are.
 *
 * @example createFilesFolder('my-model', [...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file })))
 */
export function createFilesFolder(name: string, dropped: readonly DroppedFile[]): ModelFolder {
  const files = new Map(dropped.map(({ path, file }) => [path, file]));
  const get = (path: string): File => {
    const file = files.get(path);
    if (file === undefined) throw fileGone(name, path);
    return file;
  };
  return {
    name,
    list: () =>
      Promise.resolve(
        dropped.map(({ path, file }): FolderFile => ({ path, size: file.size, modified: file.lastModified })),
      ),
    async read(path, start, end, signal) {
      signal.throwIfAborted();
      return slice(name, path, get(path), start, end);
    },
    blob: (path) => Promise.resolve(get(path)),
  };
}

/** Folders deeper than this are not searched. */
const maxDepth = 4;

/**
 * A directory handle (File System Access API, or a directory of OPFS) as a folder. The caller has asked for
 * permission; a handle whose permission is gone rejects with `file-missing`.
 */
export function createHandleFolder(handle: FileSystemDirectoryHandle): ModelFolder {
  const find = async (path: string): Promise<File> => {
    try {
      const parts = path.split('/');
      let directory = handle;
      for (const part of parts.slice(0, -1)) directory = await directory.getDirectoryHandle(part);
      return await (await directory.getFileHandle(parts.at(-1) ?? '')).getFile();
    } catch (cause) {
      throw fileGone(handle.name, path, cause);
    }
  };
  const walk = async (
    directory: FileSystemDirectoryHandle,
    prefix: string,
    depth: number,
    found: FolderFile[],
    signal: AbortSignal,
  ): Promise<void> => {
    for await (const [name, entry] of directory.entries()) {
      signal.throwIfAborted();
      if (name.startsWith('.')) continue;
      if (entry instanceof FileSystemFileHandle) {
        const { size, lastModified } = await entry.getFile();
        found.push({ path: prefix + name, size, modified: lastModified });
      } else if (entry instanceof FileSystemDirectoryHandle && depth < maxDepth)
        await walk(entry, `${prefix}${name}/`, depth + 1, found, signal);
    }
  };
  return {
    name: handle.name,
    async list(signal) {
      const found: FolderFile[] = [];
      try {
        await walk(handle, '', 1, found, signal);
      } catch (cause) {
        signal.throwIfAborted();
        throw fileGone(handle.name, handle.name, cause);
      }
      return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    },
    async read(path, start, end, signal) {
      signal.throwIfAborted();
      return slice(handle.name, path, await find(path), start, end);
    },
    blob: (path) => find(path),
  };
}
