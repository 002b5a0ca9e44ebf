/** Couples the workspace with the store: tabs come back, and every change is kept. The page calls {@link persistWorkspace} once. */
import { createStore } from 'zustand/vanilla';
import { toLoomError, type LoomError } from '@/engine/types';
import { activate, openDocument, workspace, type Tab } from '../_state/workspace';
import { createAutosave, type Autosave, type SaveState } from './autosave';
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
  readonly unreadable: readonly { readonly id: string; readonly error: LoomError }[];
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
    const store = await opening;
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

async function restore(store: DocumentStore): Promise<number> {
  const wanted = localStorage.getItem(activeKey);
  let count = 0;
  for (const { id, open } of await store.list()) {
    if (!open || workspace.getState().tabs.some((tab) => tab.id === id)) continue;
    try {
      const { document, entry } = await store.load(id);
      const tab = openDocument(document, { id });
      begin(store, tab, entry.revision);
      count += 1;
    } catch (error) {
      persistence.setState((state) => ({
        unreadable: [...state.unreadable, { id, error: toLoomError(error) }],
      }));
    }
  }
  if (wanted !== null) activate(wanted);
  return count;
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
  void store.setTabs(tabs.filter((tab) => saves.has(tab.id)).map((tab) => tab.id));
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
  const stored = tab.history.document;
  void store
    .create(stored, { id: tab.id })
    .then((entry) => begin(store, tab, entry.revision, stored))
    .catch((error: unknown) => setState(tab.id, { state: 'failed', error: toLoomError(error) }))
    .finally(() => starting.delete(tab.id));
}

function begin(store: DocumentStore, tab: Tab, revision: number, stored = tab.history.document): void {
  const save = createAutosave(store, tab.id, revision, {
    stored,
    document: () => tab.history.document,
    subscribe: (changed) => tab.history.subscribe(changed),
    onState: (state) => setState(tab.id, state),
    onConflict: () =>
      persistence.setState(({ conflicts }) => ({ conflicts: [...new Set([...conflicts, tab.id])] })),
  });
  saves.set(tab.id, save);
  setState(tab.id, save.state);
  const open = workspace.getState().tabs.filter((each) => saves.has(each.id));
  void store.setTabs(open.map((each) => each.id));
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
