/**
 * What a page that is about to go writes down at once: IndexedDB answers later than a reload waits, localStorage now.
 * One text a document, taken back when the document is stored.
 */
import { z } from 'zod';

const prefix = 'loom.journal.';
const entrySchema = z.object({ text: z.string() });

/** The part of `Storage` that is used: tests give their own. */
export interface JournalStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The browser's, or undefined where it is forbidden. */
export function browserStorage(): JournalStorage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

/** Writes a document's text. False where there is no room (a graph with large pictures) or no storage. */
export function writeJournal(id: string, text: string, storage = browserStorage()): boolean {
  try {
    if (storage === undefined) return false;
    storage.setItem(`${prefix}${id}`, JSON.stringify({ text }));
    return true;
  } catch {
    return false;
  }
}

/** Takes a document's text back: it is stored now. */
export function clearJournal(id: string, storage = browserStorage()): void {
  try {
    storage?.removeItem(`${prefix}${id}`);
  } catch {
    // Forbidden: nothing was written either.
  }
}

/** Every text that was written and not taken back, by document. What cannot be read stays where it is. */
export function readJournal(storage = browserStorage()): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  try {
    for (let index = 0; index < (storage?.length ?? 0); index++) {
      const key = storage?.key(index);
      if (key?.startsWith(prefix) !== true) continue;
      const entry = entrySchema.safeParse(parsed(storage?.getItem(key) ?? ''));
      if (entry.success) found.set(key.slice(prefix.length), entry.data.text);
    }
  } catch {
    // Forbidden.
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
