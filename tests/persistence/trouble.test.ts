/** Storage in trouble: what is not kept is said, tried again, and written down before the page goes. */
// oxlint-disable-next-line import/no-unassigned-import -- it puts IndexedDB into the global scope
import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { emptyDocument, LoomError, parseDocument, type LoomDocument } from '@/engine';
import { createAutosave, type SaveState } from '@/app/_persistence/autosave';
import { clearJournal, readJournal, writeJournal } from '@/app/_persistence/journal';
import type { DocumentStore } from '@/app/_persistence/store';

const titled = (title: string): LoomDocument =>
  parseDocument({ ...emptyDocument(), meta: { title }, nodes: { n: { type: 'conditioning/text' } } })
    .document;

function storage(room = Infinity) {
  const kept = new Map<string, string>();
  return {
    kept,
    get length() {
      return kept.size;
    },
    key: (index: number) => [...kept.keys()][index] ?? null,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem(key: string, value: string) {
      if (value.length > room) throw new DOMException('full', 'QuotaExceededError');
      kept.set(key, value);
    },
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe('the journal', () => {
  it('gives back what was written and not taken back; what cannot be read stays', () => {
    const store = storage();
    expect(writeJournal('a', 'one', store)).toBe(true);
    writeJournal('b', 'two', store);
    clearJournal('b', store);
    store.setItem('loom.journal.c', 'not JSON');
    store.setItem('other', 'x');
    expect([...readJournal(store)]).toEqual([['a', 'one']]);
    expect(store.kept.has('loom.journal.c')).toBe(true);
  });
  it('says when there is no room, and never throws', () => {
    expect(writeJournal('a', 'x'.repeat(100), storage(50))).toBe(false);
    const forbidden = new Proxy(storage(), {
      get() {
        throw new DOMException('forbidden', 'SecurityError');
      },
    });
    expect(writeJournal('a', 'x', forbidden)).toBe(false);
    expect([...readJournal(forbidden)]).toEqual([]);
    expect(() => clearJournal('a', forbidden)).not.toThrow();
  });
});

describe('a save that fails', () => {
  it('is said and tried again without another edit', async () => {
    vi.useFakeTimers();
    try {
      let document = titled('a');
      const states: SaveState['state'][] = [];
      const listeners: (() => void)[] = [];
      let failures = 2;
      const saved: string[] = [];
      const save: DocumentStore['save'] = async (_id, next) => {
        if (failures-- > 0) throw new LoomError('unsupported', 'no');
        saved.push(next.meta.title ?? '');
        return { revision: 2, conflict: false };
      };
      const auto = createAutosave({ save } as unknown as DocumentStore, 'a', 1, {
        document: () => document,
        subscribe: (changed) => {
          listeners.push(changed);
          return () => undefined;
        },
        onState: ({ state }) => states.push(state),
      });
      document = titled('b');
      for (const changed of listeners) changed();
      await vi.advanceTimersByTimeAsync(1_000);
      expect(auto.state.state).toBe('failed');
      await vi.advanceTimersByTimeAsync(10_000);
      expect(auto.state.state).toBe('saved');
      expect(saved).toEqual(['b']);
      expect(states.filter((state) => state === 'failed')).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a page that goes before its last edit is stored', () => {
  const local = storage();
  const leaving: ((event: Event) => void)[] = [];
  beforeEach(() => {
    vi.stubGlobal('localStorage', local);
    vi.stubGlobal('addEventListener', (name: string, listener: (event: Event) => void) => {
      if (name === 'pagehide') leaving.push(listener);
    });
  });
  const visit = async () => {
    vi.resetModules();
    const keep = await import('@/app/_persistence/persist-workspace');
    const workspace = await import('@/app/_state/workspace');
    await keep.persistWorkspace();
    return { ...keep, ...workspace };
  };
  it('finds the edit again, and takes the note back once it is stored', async () => {
    const first = await visit();
    const tab = first.openDocument(titled('kept'));
    await vi.waitFor(() => expect(first.persistence.getState().states[tab.id]?.state).toBe('saved'));
    tab.history.edit('rename', (draft) => void (draft.meta.title = 'kept, edited'));
    const never = first.openDocument(titled('never stored'));
    never.history.edit('rename', (draft) => void (draft.meta.title = 'never stored, edited'));
    // The first to hear writes down; the savers begin what never ends.
    leaving[0]?.(new Event('pagehide'));
    expect(readJournal(local).size).toBe(2);
    // The page is gone: nothing is flushed.
    first.persistence.getState().store?.close();

    const second = await visit();
    const titles = () => second.workspace.getState().tabs.map(({ history }) => history.document.meta.title);
    expect(titles()).toEqual(expect.arrayContaining(['kept, edited', 'never stored, edited']));
    await second.flushAll();
    await vi.waitFor(() => expect(readJournal(local).size).toBe(0));
    second.persistence.getState().store?.close();
  });
});
