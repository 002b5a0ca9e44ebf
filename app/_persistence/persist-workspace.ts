/** Couples the workspace with the store: tabs come back, and every change is kept. The page calls {@link persistWorkspace} once. */
import { createStore } from 'zustand/vanilla';
import { parseDocument, serialise, type LoomDocument } from '@/engine';
import { LoomError, toLoomError } from '@/engine/types';
import { activate, openDocument, workspace, type Tab } from '../_state/workspace';
import { createAutosave, explain, retryWaits, type Autosave, type SaveState } from './autosave';
import { clearJournal, readJournal, writeJournal } from './journal';
import { openStore, type DocumentStore } from './store';

export interface Persistence {
  /** Undefined until storage is open, and where the browser forbids it (`error` says so). */
  readonly store: DocumentStore | undefined;
  readonly error: LoomError | undefined;
  /** By tab. A tab without a state has nothing to keep yet. */
  readonly states: Readonly<Record<string, SaveState>>;
  /** Tabs whose document another browser tab changed too; that text is among the versions. */
  readonly conflicts: readonly string[];
  /** Stored documents that could not be read when the page opened; their text stays stored. */
  readonly unreadable: readonly {
    readonly id: string;
    readonly error: LoomError;
    /** Where it is not in the store. */
    readonly text?: string;
  }[];
}
export const persistence = createStore<Persistence>(() => ({
  store: undefined,
  error: undefined,
  states: {},
  conflicts: [],
  unreadable: [],
}));

const saves = new Map<string, Autosave>();
const starting = new Set<string>();
const activeKey = 'loom.active-tab';

/**
 * Opens the store, brings back the tabs that were open, and keeps every
 * document from now on. Read-only tabs (opened from a link) and untouched
 * empty ones are not stored.
 * @returns how many tabs came back. Never rejects: see `keeping`.
 */
export async function persistWorkspace(): Promise<number> {
  try {
    // React's strict mode calls twice; there is one store.
    opening ??= openStore();
    globalThis.addEventListener?.('pagehide', writeUnsaved);
    globalThis.document?.addEventListener('visibilitychange', writeUnsaved);
    const store = await answered(opening);
    if (persistence.getState().store !== undefined) return 0;
    persistence.setState({ store });
    const count = await restore(store);
    workspace.subscribe((now, before) => {
      if (now.tabs !== before.tabs) syncTabs(store);
      if (now.active !== before.active) remember(now.active);
    });
    syncTabs(store);
    return count;
  } catch (error) {
    persistence.setState({ error: toLoomError(error) });
    return 0;
  }
}
let opening: Promise<DocumentStore> | undefined;

/** A storage that has not answered after this long is said not to (ms); when it does, everything is kept after all. */
const patience = 8_000;

async function answered(store: Promise<DocumentStore>): Promise<DocumentStore> {
  const late = setTimeout(
    () =>
      persistence.setState({
        error: new LoomError('unsupported', "The browser's storage does not answer."),
      }),
    patience,
  );
  try {
    const opened = await store;
    persistence.setState({ error: undefined });
    return opened;
  } finally {
    clearTimeout(late);
  }
}

/** Whether a tab holds something that is not stored yet. */
function isUnsaved({ id, readOnly, history }: Tab): boolean {
  if (readOnly) return false;
  const save = saves.get(id);
  return save === undefined ? history.canUndo : save.state.state !== 'saved';
}

/** The page may be going: what is not stored yet is written down at once. */
function writeUnsaved(event: Event): void {
  if (event.type !== 'pagehide' && globalThis.document?.visibilityState !== 'hidden') return;
  for (const tab of workspace.getState().tabs)
    if (isUnsaved(tab)) writeJournal(tab.id, serialise(tab.history.document, { compact: true }));
}

async function restore(store: DocumentStore): Promise<number> {
  const wanted = wantedTab();
  const journal = new Map(readJournal());
  let count = 0;
  for (const { id, open } of await store.list()) {
    if (!open || workspace.getState().tabs.some((tab) => tab.id === id)) continue;
    try {
      const { document, entry } = await store.load(id);
      const written = journalled(journal, id);
      const tab = openDocument(written ?? document, { id });
      begin(store, tab, entry.revision, written === undefined ? tab.history.document : document);
      count += 1;
    } catch (error) {
      persistence.setState((state) => ({
        unreadable: [...state.unreadable, { id, error: toLoomError(error) }],
      }));
    }
  }
  // Documents that were written down before they were ever stored.
  for (const id of journal.keys()) {
    const written = journalled(journal, id);
    if (written === undefined) continue;
    openDocument(written, { id });
    count += 1;
  }
  if (wanted !== null) activate(wanted);
  return count;
}

function wantedTab(): string | null {
  try {
    return localStorage.getItem(activeKey);
  } catch {
    return null;
  }
}

/** Takes a document out of what was written down; undefined where it is not there or cannot be read (it stays then). */
function journalled(journal: Map<string, string>, id: string): LoomDocument | undefined {
  const text = journal.get(id);
  journal.delete(id);
  if (text === undefined) return undefined;
  try {
    return parseDocument(text).document;
  } catch (error) {
    persistence.setState((state) => ({
      unreadable: [...state.unreadable, { id, error: toLoomError(error), text }],
    }));
    return undefined;
  }
}

/** Begins to keep new tabs and lets go of closed ones. */
function syncTabs(store: DocumentStore): void {
  const { tabs } = workspace.getState();
  for (const tab of tabs) if (!tab.readOnly) startAutosave(store, tab);
  for (const [id, save] of saves)
    if (!tabs.some((tab) => tab.id === id)) {
      saves.delete(id);
      void save.stop();
      persistence.setState(({ states }) => ({
        states: Object.fromEntries(Object.entries(states).filter(([tab]) => tab !== id)),
      }));
    }
  void setTabs(store);
}

/** What could not be read keeps its tab: another version of the editor may read it. */
function setTabs(store: DocumentStore): Promise<void> {
  const open = workspace.getState().tabs.filter((tab) => saves.has(tab.id));
  const kept = persistence.getState().unreadable;
  return store.setTabs([...open, ...kept].map(({ id }) => id)).catch(() => undefined);
}

/** Stores a tab's document as soon as it holds anything. */
function startAutosave(store: DocumentStore, tab: Tab): void {
  if (saves.has(tab.id) || starting.has(tab.id)) return;
  const { document } = tab.history;
  const empty = Object.keys({ ...document.nodes, ...document.notes, ...document.groups }).length === 0;
  starting.add(tab.id);
  if (empty && !tab.history.canUndo) {
    const stop = tab.history.subscribe(() => {
      stop();
      starting.delete(tab.id);
      if (workspace.getState().tabs.some((open) => open.id === tab.id)) startAutosave(store, tab);
    });
    return;
  }
  const create = (wait: number): void => {
    const stored = tab.history.document;
    store
      .create(stored, { id: tab.id })
      .then((entry) => {
        starting.delete(tab.id);
        begin(store, tab, entry.revision, stored);
      })
      .catch((error: unknown) => {
        setState(tab.id, { state: 'failed', error: explain(error) });
        // Tried again, as every later save is.
        setTimeout(() => {
          if (workspace.getState().tabs.some((open) => open.id === tab.id))
            create(Math.min(2 * wait, retryWaits.longest));
          else starting.delete(tab.id);
        }, wait);
      });
  };
  create(retryWaits.first);
}

function begin(store: DocumentStore, tab: Tab, revision: number, stored = tab.history.document): void {
  const save = createAutosave(store, tab.id, revision, {
    stored,
    document: () => tab.history.document,
    subscribe: (changed) => tab.history.subscribe(changed),
    onState: (state) => {
      if (state.state === 'saved') clearJournal(tab.id);
      setState(tab.id, state);
    },
    onConflict: () =>
      persistence.setState(({ conflicts }) => ({ conflicts: [...new Set([...conflicts, tab.id])] })),
  });
  saves.set(tab.id, save);
  if (save.state.state === 'saved') clearJournal(tab.id);
  setState(tab.id, save.state);
  void setTabs(store);
}

const setState = (id: string, state: SaveState): void =>
  persistence.setState(({ states }) => ({ states: { ...states, [id]: state } }));

function remember(id: string): void {
  try {
    localStorage.setItem(activeKey, id);
  } catch {
    // Storage is forbidden: the first tab shows next time.
  }
}

/** Saves everything now: before the page reloads itself, before a file is written. */
export const flushAll = async (): Promise<void> => {
  await Promise.all([...saves.values()].map((save) => save.flush()));
};
