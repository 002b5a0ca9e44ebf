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
