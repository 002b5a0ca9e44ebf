/** Files of models out of drops and pickers: handles, no bytes. */
import { z } from 'zod';
import type { DroppedFile } from '@/models/folder-browser';

/** A model's files as the browser handed them over. `handle` lets the browser find them again after a reload. */
export interface ModelFiles {
  readonly name: string;
  readonly files: readonly DroppedFile[];
  readonly handle?: FileSystemHandle;
}

/** Endings that say that a file is a model's, or a part of one. */
export const isModelFile = (name: string): boolean =>
  /\.(?:safetensors|onnx|ckpt|pt|pth|gguf)$/iu.test(name) || /(?:^|\/)model_index\.json$/iu.test(name);

/** Folders deeper than this, and files beyond this number, are not looked at: a dropped home folder must not hang. */
const maxDepth = 4;
const maxFiles = 5000;

async function walk(
  directory: FileSystemDirectoryHandle,
  prefix: string,
  depth: number,
  found: DroppedFile[],
) {
  for await (const [name, entry] of directory.entries()) {
    if (name.startsWith('.') || found.length >= maxFiles) continue;
    if (entry instanceof FileSystemFileHandle)
      found.push({ path: prefix + name, file: await entry.getFile() });
    else if (entry instanceof FileSystemDirectoryHandle && depth < maxDepth)
      await walk(entry, `${prefix}${name}/`, depth + 1, found);
  }
}

/** The files behind a handle. @throws DOMException where permission is gone or the file is */
export async function filesOf(handle: FileSystemHandle): Promise<ModelFiles> {
  const found: DroppedFile[] = [];
  if (handle instanceof FileSystemFileHandle) {
    const file = await handle.getFile();
    found.push({ path: file.name, file });
  } else if (handle instanceof FileSystemDirectoryHandle) await walk(handle, '', 1, found);
  return { name: handle.name, files: found, handle };
}

const isHandle = (value: unknown): value is FileSystemHandle =>
  typeof FileSystemHandle === 'function' && value instanceof FileSystemHandle;

/** What lies in a folder of a drop where the browser gives no handles (Firefox, Safari). */
async function entryFiles(
  entry: FileSystemEntry,
  prefix: string,
  depth: number,
  found: DroppedFile[],
): Promise<void> {
  if (found.length >= maxFiles) return;
  if (entry instanceof FileSystemFileEntry) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    found.push({ path: prefix + entry.name, file });
  } else if (entry instanceof FileSystemDirectoryEntry && depth < maxDepth) {
    const reader = entry.createReader();
    const next = (): Promise<FileSystemEntry[]> =>
      new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    for (let batch = await next(); batch.length > 0; batch = await next())
      for (const child of batch)
        await entryFiles(child, depth === 0 ? '' : `${prefix}${entry.name}/`, depth + 1, found);
  }
}

/**
 * The models of a drop, or undefined where it holds none: folders, and files with a model's ending. Must be called
 * while the event is handled; the browser empties the drop afterwards.
 */
export function droppedModels(data: DataTransfer): Promise<readonly ModelFiles[]> | undefined {
  const items = [...data.items].filter(({ kind }) => kind === 'file');
  const taken = items.flatMap((item) => {
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    const isModel = entry?.isDirectory === true || isModelFile(entry?.name ?? file?.name ?? '');
    if (!isModel) return [];
    const ask: unknown = Reflect.get(item, 'getAsFileSystemHandle');
    const handle: unknown = typeof ask === 'function' ? Reflect.apply(ask, item, []) : undefined;
    return [{ entry, file, handle: Promise.resolve(handle).catch(() => undefined) }];
  });
  if (taken.length === 0) return undefined;
  return Promise.all(
    taken.map(async ({ entry, file, handle }): Promise<ModelFiles> => {
      const known = await handle;
      if (isHandle(known)) return filesOf(known);
      const found: DroppedFile[] = [];
      if (entry !== null) await entryFiles(entry, '', 0, found);
      else if (file !== null) found.push({ path: file.name, file });
      return { name: entry?.name ?? file?.name ?? '', files: found };
    }),
  );
}

const cancelled = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/** Lets the person choose a model: one file, or a folder. Null when they changed their mind. */
export async function pickModel(what: 'file' | 'folder'): Promise<ModelFiles | null> {
  const picker: unknown = Reflect.get(
    globalThis,
    what === 'file' ? 'showOpenFilePicker' : 'showDirectoryPicker',
  );
  if (typeof picker === 'function')
    try {
      const options =
        what === 'file'
          ? { types: [{ description: 'Model', accept: { 'application/octet-stream': ['.safetensors'] } }] }
          : {};
      const picked: unknown = await Reflect.apply(picker, globalThis, [options]);
      const handle: unknown = what === 'file' ? z.array(z.unknown()).min(1).parse(picked)[0] : picked;
      return isHandle(handle) ? await filesOf(handle) : null;
    } catch (error) {
      if (cancelled(error)) return null;
      throw error;
    }
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    if (what === 'folder') input.webkitdirectory = true;
    else input.accept = '.safetensors';
    input.addEventListener('change', () => {
      const files = [...(input.files ?? [])];
      const [first] = files;
      if (first === undefined) return resolve(null);
      // "folder/unet/model.onnx": the folder's own name is not part of the paths inside it.
      const [folder = first.name] = first.webkitRelativePath.split('/');
      resolve({
        name: what === 'folder' ? folder : first.name,
        files: files.map((file) => ({
          path: what === 'folder' ? file.webkitRelativePath.slice(folder.length + 1) : file.name,
          file,
        })),
      });
    });
    input.addEventListener('cancel', () => resolve(null));
    input.click();
  });
}
