/** Results in IndexedDB, under a budget: the oldest that nobody kept goes first. */
import { openDB, type DBSchema } from 'idb';
import { z } from 'zod';
import { LoomError } from '@/engine/types';

/** What is stored of a result. Read back through this schema: another version of the editor may have written it. */
const storedSchema = z.object({
  id: z.string(),
  run: z.string(),
  tab: z.string(),
  node: z.string(),
  element: z.int().nonnegative(),
  values: z.array(z.string()).readonly().default([]),
  document: z.string(),
  seed: z.string().optional(),
  title: z.string(),
  ms: z.number(),
  at: z.number(),
  width: z.int().positive(),
  height: z.int().positive(),
  kept: z.boolean(),
  png: z.instanceof(Blob),
});
export type StoredResult = z.output<typeof storedSchema>;
/** A result without what lives only as long as the page. */
export const toStored = (result: StoredResult): StoredResult => storedSchema.parse(result);

interface Schema extends DBSchema {
  results: { key: string; value: unknown };
}

export interface ResultStore {
  /** Newest first. Records that cannot be read are left out and stay stored. */
  list(): Promise<readonly StoredResult[]>;
  /**
   * Stores a result, then removes the oldest unkept ones until all fit `budget` bytes.
   * @returns the ids removed
   * @throws LoomError `too-large` when there is no room even so, `unsupported` when storage refuses
   */
  put(result: StoredResult, budget: number): Promise<readonly string[]>;
  remove(ids: readonly string[]): Promise<void>;
  /** As after {@link put}, for a budget made smaller. @returns the ids removed */
  trim(budget: number): Promise<readonly string[]>;
  /** Another window changed something. */
  onChanged(listener: () => void): () => void;
  close(): void;
}

const sizeOf = (result: StoredResult): number => result.png.size + result.document.length;

/** Bytes that results take: what the budget counts. */
export const resultBytes = (results: readonly { png: Blob; document: string }[]): number =>
  results.reduce((sum, { png, document }) => sum + png.size + document.length, 0);

/** The ids that must go so that the rest fits, oldest first. Kept ones never do; the newest stays even when it alone is too large. */
export function overBudget(results: readonly StoredResult[], budget: number): readonly string[] {
  const [newest, ...older] = results.toSorted((a, b) => b.at - a.at);
  if (newest === undefined) return [];
  let left = budget - sizeOf(newest) - older.reduce((sum, each) => sum + (each.kept ? sizeOf(each) : 0), 0);
  const gone: string[] = [];
  for (const result of older) {
    if (result.kept) continue;
    left -= sizeOf(result);
    if (left < 0) gone.push(result.id);
  }
  return gone;
}

/** @throws LoomError `unsupported` when the browser forbids storage */
export async function openResultStore(name = 'latent-loom-results'): Promise<ResultStore> {
  const db = await openDB<Schema>(name, 1, {
    upgrade(database) {
      database.createObjectStore('results', { keyPath: 'id' });
    },
    blocking: () => db.close(),
  }).catch((cause: unknown) => {
    throw new LoomError(
      'unsupported',
      'This browser does not let the page keep results.',
      {},
      { fix: 'Save the pictures you want before you close the page.', cause },
    );
  });
  const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(name);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has no target
  const announce = (): void => channel?.postMessage('changed');
  const readAll = async (): Promise<StoredResult[]> =>
    (await db.getAll('results')).flatMap((record) => {
      const parsed = storedSchema.safeParse(record);
      return parsed.success ? [parsed.data] : [];
    });
  const removeAll = async (ids: readonly string[]): Promise<void> => {
    const tx = db.transaction('results', 'readwrite');
    await Promise.all([...ids.map((id) => tx.store.delete(id)), tx.done]);
  };
  const trim = async (budget: number): Promise<readonly string[]> => {
    const gone = overBudget(await readAll(), budget);
    if (gone.length > 0) await removeAll(gone);
    return gone;
  };
  return {
    list: async () => (await readAll()).toSorted((a, b) => b.at - a.at),
    async put(result, budget) {
      const gone: string[] = [];
      try {
        await db.put('results', result);
      } catch (cause) {
        // The browser's own limit came first: make as much room again and try once more.
        if (!(cause instanceof DOMException && cause.name === 'QuotaExceededError')) throw cause;
        gone.push(...(await trim(resultBytes(await readAll()) / 2)));
        await db.put('results', result).catch((again: unknown) => {
          throw new LoomError(
            'too-large',
            "The browser's storage is full: this picture is not kept.",
            {},
            { fix: 'Save it as a file, or remove results you no longer need.', cause: again },
          );
        });
      }
      gone.push(...(await trim(budget)));
      announce();
      return gone;
    },
    async remove(ids) {
      await removeAll(ids);
      announce();
    },
    async trim(budget) {
      const gone = await trim(budget);
      if (gone.length > 0) announce();
      return gone;
    },
    onChanged(listener) {
      channel?.addEventListener('message', listener);
      return () => channel?.removeEventListener('message', listener);
    },
    close() {
      channel?.close();
      db.close();
    },
  };
}
