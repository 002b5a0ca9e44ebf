/** Saves a document soon after it changes, and at once when the page is about to go. */
import type { LoomDocument } from '@/engine';
import { LoomError, toLoomError } from '@/engine/types';
import type { DocumentStore } from './store';

export type SaveState =
  | { readonly state: 'saved'; readonly time: number }
  | { readonly state: 'unsaved' }
  | { readonly state: 'saving' }
  /** The browser's storage is full or forbidden: the person must save a file. Saving is tried again by and by. */
  | { readonly state: 'failed'; readonly error: LoomError };

/** Quiet time after a change before it is saved, and the longest that a change waits while others follow (ms). */
const quiet = 250;
const longest = 750;
/** After a save that failed: the first wait and the longest (ms). */
export const retryWaits = { first: 2_000, longest: 60_000 } as const;

export interface Autosave {
  readonly state: SaveState;
  /** Saves what is unsaved now. Resolves when it is stored; never rejects (see `state`). */
  flush(): Promise<void>;
  /** Flushes and stops listening. */
  stop(): Promise<void>;
}

/**
 * @param source where the present document is read and its changes are heard
 * @param base the revision it was loaded at
 */
export function createAutosave(
  store: DocumentStore,
  id: string,
  base: number,
  source: {
    /** The document as it was stored; what `document()` gives at the start when left out. */
    readonly stored?: LoomDocument;
    readonly document: () => LoomDocument;
    readonly subscribe: (changed: () => void) => () => void;
    readonly onState?: (state: SaveState) => void;
    /** Another tab had changed the document too; its text is kept as a version. */
    readonly onConflict?: () => void;
  },
): Autosave {
  let revision = base;
  let saved = source.stored ?? source.document();
  let state: SaveState = { state: 'saved', time: Date.now() };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let firstUnsaved = 0;
  let running: Promise<void> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let wait: number = retryWaits.first;

  const become = (next: SaveState): void => {
    state = next;
    source.onState?.(next);
  };
  const save = async (): Promise<void> => {
    while (source.document() !== saved) {
      const document = source.document();
      become({ state: 'saving' });
      try {
        const result = await store.save(id, document, revision);
        revision = result.revision;
        saved = document;
        if (result.conflict) source.onConflict?.();
      } catch (error) {
        become({ state: 'failed', error: explain(error) });
        clearTimeout(retry);
        retry = setTimeout(() => void flush(), wait);
        wait = Math.min(2 * wait, retryWaits.longest);
        return;
      }
    }
    wait = retryWaits.first;
    clearTimeout(retry);
    become({ state: 'saved', time: Date.now() });
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    // One save at a time: the second would find the first's revision.
    running ??= save().finally(() => {
      running = undefined;
    });
    return running;
  };
  const changed = (): void => {
    if (source.document() === saved) return;
    const now = performance.now();
    if (timer === undefined) firstUnsaved = now;
    if (state.state !== 'saving' && state.state !== 'unsaved') become({ state: 'unsaved' });
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), Math.max(0, Math.min(quiet, firstUnsaved + longest - now)));
  };
  const leaving = (): void => {
    if (typeof document === 'undefined' || document.visibilityState === 'hidden') void flush();
  };

  const unsubscribe = source.subscribe(changed);
  changed();
  if (typeof document !== 'undefined') document.addEventListener('visibilitychange', leaving);
  globalThis.addEventListener?.('pagehide', leaving);
  return {
    get state() {
      return state;
    },
    flush,
    async stop() {
      unsubscribe();
      if (typeof document !== 'undefined') document.removeEventListener('visibilitychange', leaving);
      globalThis.removeEventListener?.('pagehide', leaving);
      await flush();
      clearTimeout(retry);
    },
  };
}

export function explain(error: unknown): LoomError {
  if (error instanceof DOMException && error.name === 'QuotaExceededError')
    return new LoomError(
      'too-large',
      "The browser's storage is full.",
      {},
      {
        fix: 'Save the graph as a file, or delete documents you no longer need.',
        cause: error,
      },
    );
  return toLoomError(error);
}
