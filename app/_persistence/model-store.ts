/** Which models the person opened, so that they are there after a reload: handles in IndexedDB, or whole copies in OPFS. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { z } from 'zod';
import { LoomError } from '@/engine/types';
import { filesOf, type ModelFiles } from '../_formats/model-files';

const storedSchema = z.object({
  key: z.string(),
  name: z.string(),
  at: z.number(),
  /** Undefined: copied into the browser's own folder `models/<key>`. */
  handle: z.custom<FileSystemHandle>((value) => value instanceof FileSystemHandle).optional(),
});
export type StoredModel = z.output<typeof storedSchema>;

interface Schema extends DBSchema {
  models: { key: string; value: unknown };
}
let opening: Promise<IDBPDatabase<Schema>> | undefined;
const database = (): Promise<IDBPDatabase<Schema>> =>
  (opening ??= openDB<Schema>('latent-loom-models', 1, {
    upgrade(db) {
      db.createObjectStore('models', { keyPath: 'key' });
    },
  }));

/** What was kept, oldest first. */
export async function storedModels(): Promise<readonly StoredModel[]> {
  const records = await (await database()).getAll('models');
  return records
    .flatMap((record) => {
      const parsed = storedSchema.safeParse(record);
      return parsed.success ? [parsed.data] : [];
    })
    .toSorted((a, b) => a.at - b.at);
}
export async function rememberModel(model: StoredModel): Promise<void> {
  await (await database()).put('models', model);
}

/** Forgets a model, and deletes its copy where there is one. */
export async function forgetModel(key: string): Promise<void> {
  await (await database()).delete('models', key);
  const folder = await copies();
  await folder.removeEntry(key, { recursive: true }).catch(() => undefined);
}

const copies = async (): Promise<FileSystemDirectoryHandle> =>
  (await navigator.storage.getDirectory()).getDirectoryHandle('models', { create: true });

/** The copy of a model. @throws LoomError `file-missing` where the browser cleared it */
export async function copyOf({ key, name }: StoredModel): Promise<ModelFiles> {
  try {
    const { files } = await filesOf(await (await copies()).getDirectoryHandle(key));
    return { name, files };
  } catch (cause) {
    throw new LoomError(
      'file-missing',
      `The copy of ${name} is no longer in this browser.`,
      { file: name },
      { fix: 'Open the model again.', cause },
    );
  }
}

/**
 * Copies a model into the browser, file by file, never whole in memory.
 * @throws LoomError `too-large` with numbers where the browser has no room for it; `cancelled`. What was copied is deleted then.
 */
export async function keepCopy(
  key: string,
  model: ModelFiles,
  {
    signal,
    progress,
  }: { readonly signal: AbortSignal; readonly progress: (done: number, total: number) => void },
): Promise<ModelFiles> {
  const total = model.files.reduce((sum, { file }) => sum + file.size, 0);
  const { quota = Infinity, usage = 0 } = await navigator.storage.estimate();
  const room = quota - usage;
  if (total > room)
    throw new LoomError(
      'too-large',
      `${model.name} needs ${Math.ceil(total / 1e6)} MB, and this browser has room for ${Math.floor(room / 1e6)} MB.`,
      { file: model.name },
      {
        fix: 'Open it from its folder each time, or free some space.',
        details: { size: total, limit: room },
      },
    );
  // Asked for, not needed: without it the browser may clear the copy when the disk is full.
  await navigator.storage.persist().catch(() => false);
  const folder = await (await copies()).getDirectoryHandle(key, { create: true });
  let done = 0;
  try {
    for (const { path, file } of model.files) {
      const parts = path.split('/');
      let directory = folder;
      for (const part of parts.slice(0, -1))
        directory = await directory.getDirectoryHandle(part, { create: true });
      const target = await directory.getFileHandle(parts.at(-1) ?? 'file', { create: true });
      const count = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(chunk, controller) {
          done += chunk.byteLength;
          progress(done, total);
          controller.enqueue(chunk);
        },
      });
      await file
        .stream()
        .pipeThrough(count)
        .pipeTo(await target.createWritable(), { signal });
    }
    await rememberModel({ key, name: model.name, at: Date.now() });
    return await copyOf({ key, name: model.name, at: 0 });
  } catch (cause) {
    await forgetModel(key).catch(() => undefined);
    if (signal.aborted) throw new LoomError('cancelled', 'Cancelled.');
    if (cause instanceof LoomError) throw cause;
    throw new LoomError(
      'too-large',
      `${model.name} could not be copied into this browser.`,
      { file: model.name },
      { fix: 'Free some space, or open it from its folder each time.', cause },
    );
  }
}
