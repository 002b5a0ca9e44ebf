/**
 * The open documents. Each tab has its own history; the active one's document
 * and what inference says about it are kept beside, derived in one place.
 */
import { nanoid } from 'nanoid';
import type { Draft } from 'immer';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import {
  createHistory,
  emptyDocument,
  infer,
  type History,
  type Inference,
  type LoomDocument,
} from '@/engine';
import type { SavedFile } from '../_formats/disk';
import { catalogStore } from './catalog';
import { currentRegistry, onNodesChange } from './nodes';

export interface Tab {
  readonly id: string;
  readonly history: History;
  /** Opened from a link: nothing is kept until it is made one's own. */
  readonly readOnly: boolean;
  /** The file it was opened from or saved to. */
  readonly handle?: SavedFile['handle'];
}

export interface Workspace {
  readonly tabs: readonly Tab[];
  readonly active: string;
  /** The active tab's document. */
  readonly document: LoomDocument;
  readonly inference: Inference;
  readonly undoLabel: string | undefined;
  readonly redoLabel: string | undefined;
}

const inferences = new WeakMap<LoomDocument, Inference>();
const latest = new Map<string, Inference>();

/** What inference says about a tab's document; only what changed is inferred again. */
function inferenceOf(tab: Tab): Inference {
  const { document } = tab.history;
  const known = inferences.get(document);
  const { catalog } = catalogStore.getState();
  const registry = currentRegistry();
  if (known !== undefined && known.catalog === catalog && known.registry === registry) return known;
  const result = infer({ document, registry, catalog, previous: latest.get(tab.id) });
  inferences.set(document, result);
  latest.set(tab.id, result);
  return result;
}

const derive = (tab: Tab) => ({
  document: tab.history.document,
  inference: inferenceOf(tab),
  undoLabel: tab.history.canUndo ? tab.history.undoLabel : undefined,
  redoLabel: tab.history.canRedo ? tab.history.redoLabel : undefined,
});

const makeTab = (
  document: LoomDocument,
  options: { id?: string; readOnly?: boolean; handle?: SavedFile['handle'] } = {},
): Tab => ({
  id: options.id ?? nanoid(10),
  history: createHistory(document),
  readOnly: options.readOnly ?? false,
  ...(options.handle === undefined ? {} : { handle: options.handle }),
});

const first = makeTab(emptyDocument());
export const workspace = createStore<Workspace>(() => ({
  tabs: [first],
  active: first.id,
  ...derive(first),
}));
watch(first);

/** Follows a tab's history while the tab is open. */
function watch(tab: Tab): void {
  const stop = tab.history.subscribe(() => {
    const state = workspace.getState();
    if (!state.tabs.some((open) => open.id === tab.id)) stop();
    else if (state.active === tab.id) workspace.setState(derive(activeTab()));
  });
}
catalogStore.subscribe(() => workspace.setState(derive(activeTab())));
onNodesChange(() => workspace.setState(derive(activeTab())));

export function activeTab(): Tab {
  const { tabs, active } = workspace.getState();
  const tab = tabs.find(({ id }) => id === active) ?? tabs[0];
  if (tab === undefined) throw new Error('A workspace always has a tab.');
  return tab;
}

/** The one door to the active document: a named, undoable step. Read-only documents refuse silently (the banner says why). */
export function edit(label: string, recipe: (draft: Draft<LoomDocument>) => void, group?: string): void {
  const tab = activeTab();
  if (!tab.readOnly) tab.history.edit(label, recipe, group);
}

/** Opens a document in a tab of its own and shows it. An untouched empty tab is replaced. */
export function openDocument(
  document: LoomDocument,
  options: { id?: string; readOnly?: boolean; handle?: SavedFile['handle']; replace?: boolean } = {},
): Tab {
  const tab = makeTab(document, options);
  const { tabs, active } = workspace.getState();
  const current = activeTab();
  const replace =
    options.replace ??
    (!current.history.canUndo &&
      !current.history.canRedo &&
      Object.keys(current.history.document.nodes).length === 0);
  const next = replace ? tabs.map((open) => (open.id === active ? tab : open)) : [...tabs, tab];
  workspace.setState({ tabs: next, active: tab.id, ...derive(tab) });
  watch(tab);
  return tab;
}

export function activate(id: string): void {
  const tab = workspace.getState().tabs.find((open) => open.id === id);
  if (tab !== undefined) workspace.setState({ active: id, ...derive(tab) });
}

/** Closes a tab; the last one leaves an empty document behind. */
export function closeTab(id: string): void {
  const { tabs, active } = workspace.getState();
  const index = tabs.findIndex((tab) => tab.id === id);
  if (index < 0) return;
  latest.delete(id);
  const left = tabs.filter((tab) => tab.id !== id);
  if (left.length === 0) {
    const tab = makeTab(emptyDocument());
    workspace.setState({ tabs: [tab], active: tab.id, ...derive(tab) });
    watch(tab);
    return;
  }
  const shown = active === id ? (left[Math.min(index, left.length - 1)] ?? left[0]) : activeTab();
  if (shown !== undefined) workspace.setState({ tabs: left, active: shown.id, ...derive(shown) });
}

/** Changes what is known of a tab besides its document. */
export function updateTab(id: string, change: Partial<Pick<Tab, 'readOnly' | 'handle'>>): void {
  workspace.setState(({ tabs }) => ({
    tabs: tabs.map((tab) => (tab.id === id ? { ...tab, ...change } : tab)),
  }));
}

export const useWorkspace = <T>(select: (state: Workspace) => T): T => useStore(workspace, select);
