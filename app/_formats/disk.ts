/** Files of the person's own disk: File System Access where the browser has it, upload and download elsewhere. */
import { z } from 'zod';
import { serialise, type LoomDocument } from '@/engine';
import { pictureAccept } from '@/nodes/_shared/picture-formats';
import type { DropPayload } from './drop-payload';
import { download, safeName } from './download';
import { readIncoming, readIncomingFile, type Incoming } from './read-incoming';

/** What the File System Access API is used for; its types are not in TypeScript's DOM library. */
const writableSchema = z.custom<{
  write(data: Blob): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}>((value) => typeof value === 'object' && value !== null && 'write' in value && 'close' in value);
interface FileHandle {
  readonly name: string;
  getFile(): Promise<File>;
  createWritable(): Promise<unknown>;
}
const handleSchema = z.custom<FileHandle>(
  (value) => typeof value === 'object' && value !== null && 'getFile' in value && 'createWritable' in value,
);
const isFunction = (value: unknown): value is (...args: readonly unknown[]) => unknown =>
  typeof value === 'function';

/** Keeps the handle so that the next save goes to the same file. */
export interface OpenedFile {
  readonly incoming: Incoming;
  readonly handle?: FileHandle;
}
export interface SavedFile {
  readonly name: string;
  readonly handle?: FileHandle;
}

const picked = [
  { description: 'Latent Loom', accept: { 'application/json': ['.json'], 'image/png': ['.png'] } },
];
const picker = (name: 'showOpenFilePicker' | 'showSaveFilePicker') => {
  const found: unknown = Reflect.get(globalThis, name);
  return isFunction(found) ? found.bind(globalThis) : undefined;
};
const cancelled = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/**
 * Lets the person choose a file and reads it; null when they changed their mind.
 * @throws LoomError as {@link readIncoming}
 */
export async function openFile(): Promise<OpenedFile | null> {
  const open = picker('showOpenFilePicker');
  if (open === undefined) {
    const file = await chooseFile(`.json,application/json,${pictureAccept}`);
    return file ? { incoming: await readIncomingFile(file) } : null;
  }
  try {
    const handles = z.tuple([handleSchema]).parse(await open({ types: picked, multiple: false }));
    const incoming = await readIncomingFile(await handles[0].getFile());
    // Saving must never write a graph over the picture it came out of.
    return incoming.kind === 'document' && incoming.from === 'json'
      ? { incoming, handle: handles[0] }
      : { incoming };
  } catch (error) {
    if (cancelled(error)) return null;
    throw error;
  }
}

/** A file from the browser's own chooser; null when the person changed their mind. */
export function chooseFile(accept: string): Promise<File | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.addEventListener('change', () => resolve(input.files?.[0] ?? null));
    input.addEventListener('cancel', () => resolve(null));
    input.click();
  });
}

/**
 * Writes the document as canonical JSON: to `handle` when there is one, else where
 * the person chooses, else as a download. Null when they changed their mind.
 */
export async function saveFile(
  graph: LoomDocument,
  { handle, name }: { readonly handle?: FileHandle; readonly name: string },
): Promise<SavedFile | null> {
  const blob = new Blob([serialise(graph)], { type: 'application/json' });
  const suggested = `${safeName(name)}.json`;
  const save = picker('showSaveFilePicker');
  if (handle === undefined && save === undefined) {
    download(blob, suggested);
    return { name: suggested };
  }
  try {
    const target =
      handle ??
      handleSchema.parse(
        await save?.({
          suggestedName: suggested,
          types: [{ ...picked[0], accept: { 'application/json': ['.json'] } }],
        }),
      );
    const stream = writableSchema.parse(await target.createWritable());
    try {
      await stream.write(blob);
      await stream.close();
    } catch (error) {
      // The file keeps its old contents: writes go to a copy until close.
      await stream.abort().catch(() => undefined);
      throw error;
    }
    return { name: target.name, handle: target };
  } catch (error) {
    if (cancelled(error)) return null;
    throw error;
  }
}

async function settle(job: () => Incoming | Promise<Incoming>): Promise<Incoming | Error> {
  try {
    return await job();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Everything carried, in order. Each refusal is in its place, so that one bad file does not hide the others. */
export async function readDropPayload({ files, text }: DropPayload): Promise<readonly (Incoming | Error)[]> {
  if (files.length > 0)
    return Promise.all(files.slice(0, 16).map((file) => settle(() => readIncomingFile(file))));
  return text === '' ? [] : [await settle(() => readIncoming(text))];
}
