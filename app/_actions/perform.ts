/** What each command does, and when it can be done. */
import { current } from 'immer';
import { emptyDocument, toLoomError } from '@/engine';
import { addGroup, addNote, itemOf, randomSeed, removeItems, toggleMode, type Box } from '../_state/edits';
import { cancel, run } from '../_state/run-control';
import { fitPadding, flow, placeForNew } from '../_state/flow';
import { currentLocale, prefer, preferences } from '../_state/preferences';
import { removeResults, resultStore } from '../_state/results';
import { runStore } from '../_state/run-store';
import { samplerAmong } from '../_state/samplers';
import { gesture, select, selectedNodes, view, type DialogName } from '../_state/view';
import { activeTab, closeTab, edit, openDocument, workspace } from '../_state/workspace';
import { translate } from '../_i18n/translate';
import type { CommandId } from './commands';
import { copySelection, duplicateSelection } from './clipboard';
import { notify } from '../_ui/notify';

export interface Target {
  /** Nodes the command is about; the selection when left out. */
  readonly nodes?: readonly string[];
  readonly times?: number;
}

const hasDocument = () => Object.keys(workspace.getState().document.nodes).length > 0;
const chosen = (target: Target): readonly string[] => target.nodes ?? selectedNodes();
const chosenItems = (target: Target): readonly string[] => target.nodes ?? [...view.getState().selection];
const writable = () => !activeTab().readOnly;

/** Whether a command can be done now. */
export function enabled(id: CommandId, target: Target = {}): boolean {
  const state = workspace.getState();
  const { selection, edges } = view.getState();
  const nodes = chosen(target).length > 0;
  switch (id) {
    case 'undo':
      return state.undoLabel !== undefined;
    case 'redo':
      return state.redoLabel !== undefined;
    case 'delete':
    case 'delete-reconnect':
      return writable() && (selection.size > 0 || edges.size > 0 || nodes);
    case 'cut':
    case 'duplicate':
    case 'duplicate-wired':
      return writable() && nodes;
    case 'copy':
    case 'docs':
    case 'run-here':
      return nodes;
    case 'group':
    case 'bypass':
    case 'mute':
    case 'collapse':
      return writable() && nodes;
    case 'paste':
    case 'paste-wired':
    case 'add':
    case 'note':
      return writable();
    case 'layout':
    case 'new-seed':
      return writable() && hasDocument();
    case 'connect':
      return writable() && hasDocument();
    case 'cancel':
      return runStore.getState().current !== null;
    case 'run':
    case 'run-many':
    case 'select-all':
    case 'fit':
    case 'find':
      return hasDocument();
    case 'fit-selection':
      return selection.size > 0;
    case 'clear-results':
      return resultStore.getState().results.some(({ kept }) => !kept);
    default:
      return true;
  }
}

/** Whether a switch is on; undefined for commands that are none. */
export function checked(id: CommandId): boolean | undefined {
  const p = preferences.getState();
  switch (id) {
    case 'minimap':
      return p.minimap;
    case 'snap':
      return p.snap;
    case 'library':
      return p.library;
    case 'results':
      return p.results;
    case 'inspect':
    case 'problems':
    case 'list':
    case 'trajectory':
      return p.dock === id;
    case 'hand':
      return p.tool === 'hand';
    case 'select-tool':
      return p.tool === 'select';
    default:
      return undefined;
  }
}

const dialog = (name: DialogName) => view.setState({ dialog: name });
const dock = (name: 'inspect' | 'problems' | 'list' | 'trajectory') =>
  prefer({ dock: preferences.getState().dock === name ? 'none' : name });

/** Opens a documentation page in the dock. */
export function showDocs(node: string): void {
  view.setState({ docs: node });
  prefer({ dock: 'docs' });
}

/** What an item covers on the canvas. */
export function boxOf(id: string): Box | undefined {
  const { document } = workspace.getState();
  const item = itemOf(document, id);
  if (item === undefined) return undefined;
  const measured = gesture.getState().measured.get(id);
  return {
    x: item.position.x,
    y: item.position.y,
    width: measured?.width ?? item.size?.width ?? 240,
    height: measured?.height ?? item.size?.height ?? 120,
  };
}

/** Does a command. Failures become a toast; the document is never left half-changed. */
export function perform(id: CommandId, target: Target = {}): void {
  if (!enabled(id, target)) return;
  Promise.resolve()
    .then(() => actions[id](target))
    .catch((thrown: unknown) => {
      const error = toLoomError(thrown);
      if (error.code !== 'cancelled')
        notify.error(translate(`errors.${error.code}`), { description: error.message });
    });
}

function start(targets: readonly string[] | undefined, times = 1): void {
  const outcome = run({ ...(targets === undefined ? {} : { targets }), times });
  if (outcome === 'blocked') {
    prefer({ dock: 'problems' });
    notify.warning(translate('run.blocked'));
  } else if (outcome === 'nothing-to-run') notify.info(translate('run.nothing'));
  else if (outcome === 'no-engine') notify.error(translate('run.no-engine'));
}

/** The readers and writers of files come with the first of them. */
const files = () => import('./document-files');
const incoming = () => import('./take-incoming');

const actions: Record<CommandId, (target: Target) => void | Promise<void>> = {
  new: () => {
    openDocument(emptyDocument(), { replace: false });
  },
  templates: () => dialog('templates'),
  open: async () => (await files()).openFiles(),
  save: async () => (await files()).saveActive(false),
  'save-as': async () => (await files()).saveActive(true),
  share: () => dialog('share'),
  versions: () => dialog('versions'),
  close: () => closeTab(activeTab().id),

  undo: () => activeTab().history.undo(),
  redo: () => activeTab().history.redo(),
  cut: async (target) => {
    await copySelection(chosenItems(target));
    edit('cut', (draft) => removeItems(draft, chosenItems(target), [], false));
    select([]);
  },
  copy: (target) => copySelection(chosenItems(target)),
  paste: async () => (await incoming()).pasteFromClipboard(false),
  'paste-wired': async () => (await incoming()).pasteFromClipboard(true),
  duplicate: (target) => duplicateSelection(chosenItems(target), false),
  'duplicate-wired': (target) => duplicateSelection(chosenItems(target), true),
  delete: (target) => {
    const { edges } = view.getState();
    edit('delete', (draft) =>
      removeItems(draft, chosenItems(target), target.nodes === undefined ? [...edges] : [], false),
    );
    select([]);
  },
  'delete-reconnect': (target) => {
    const { edges } = view.getState();
    edit('delete-reconnect', (draft) =>
      removeItems(draft, chosenItems(target), target.nodes === undefined ? [...edges] : [], true),
    );
    select([]);
  },
  'select-all': () => {
    const { document } = workspace.getState();
    select([
      ...Object.keys(document.nodes),
      ...Object.keys(document.groups).map((id) => `group:${id}`),
      ...Object.keys(document.notes).map((id) => `note:${id}`),
    ]);
  },
  find: () => dialog('find'),

  add: () => view.setState({ palette: placeForNew() }),
  connect: () => dialog('connect'),
  bypass: (target) => edit('bypass', (draft) => toggleMode(draft, chosen(target), 'bypass')),
  mute: (target) => edit('mute', (draft) => toggleMode(draft, chosen(target), 'mute')),
  collapse: (target) => {
    const ids = chosen(target);
    edit('collapse', (draft) => {
      const nodes = ids.flatMap((id) => draft.nodes[id] ?? []);
      const on = !nodes.every((node) => node.collapsed === true);
      for (const node of nodes)
        if (on) node.collapsed = true;
        else delete node.collapsed;
    });
  },
  group: (target) => {
    const boxes = chosenItems(target).flatMap((id) => boxOf(id) ?? []);
    edit('group', (draft) => {
      const id = addGroup(draft, translate('group.untitled'), boxes);
      if (id !== undefined) queueMicrotask(() => select([`group:${id}`]));
    });
  },
  note: () => {
    const { flow: at } = placeForNew();
    edit('note', (draft) => {
      const id = addNote(draft, '', at);
      queueMicrotask(() => select([`note:${id}`]));
    });
  },
  layout: async (target) => {
    const ids = chosen(target);
    const { layoutGraph } = await import('./layout');
    const positions = await layoutGraph(ids.length > 1 ? ids : undefined);
    edit('layout', (draft) => {
      for (const [id, at] of positions) {
        const node = draft.nodes[id];
        if (node !== undefined) node.position = { ...current(node.position), ...at };
      }
    });
    if (ids.length <= 1)
      setTimeout(() => void flow()?.fitView({ duration: 250, padding: fitPadding(), maxZoom: 1 }), 60);
  },
  docs: (target) => {
    const [first] = chosen(target);
    if (first !== undefined) showDocs(first);
  },

  fit: () => void flow()?.fitView({ duration: 200, padding: fitPadding(), maxZoom: 1.25 }),
  'fit-selection': () =>
    void flow()?.fitView({
      duration: 200,
      padding: 0.25,
      maxZoom: 1.5,
      nodes: [...view.getState().selection].map((id) => ({ id })),
    }),
  'zoom-in': () => void flow()?.zoomIn({ duration: 120 }),
  'zoom-out': () => void flow()?.zoomOut({ duration: 120 }),
  hand: () => prefer({ tool: 'hand' }),
  'select-tool': () => prefer({ tool: 'select' }),
  snap: () => prefer({ snap: !preferences.getState().snap }),
  minimap: () => prefer({ minimap: !preferences.getState().minimap }),
  library: () => prefer({ library: !preferences.getState().library }),
  inspect: () => dock('inspect'),
  trajectory: (target) => {
    const { document } = workspace.getState();
    const sampler = samplerAmong(document, chosen(target)) ?? samplerAmong(document);
    view.setState({ trajectory: sampler ?? null });
    dock('trajectory');
  },
  problems: () => dock('problems'),
  list: () => dock('list'),
  results: () => prefer({ results: !preferences.getState().results }),
  theme: () => {
    const dark = globalThis.document.documentElement.classList.contains('dark');
    prefer({ theme: dark ? 'light' : 'dark' });
  },
  language: () => prefer({ locale: currentLocale() === 'ko' ? 'en' : 'ko' }),
  settings: () => dialog('settings'),

  run: () => start(undefined),
  'run-here': (target) => start(chosen(target)),
  'run-many': (target) => start(undefined, target.times ?? 4),
  'new-seed': () => {
    const { document } = workspace.getState();
    edit('seed', (draft) => {
      for (const [id, node] of Object.entries(document.nodes)) {
        const target = draft.nodes[id];
        if (target !== undefined && typeof node.params['seed'] === 'string')
          target.params['seed'] = randomSeed();
      }
    });
  },
  cancel: () => cancel(),
  'clear-results': () =>
    removeResults(
      resultStore
        .getState()
        .results.filter(({ kept }) => !kept)
        .map(({ id }) => id),
    ),

  commands: () => dialog('commands'),
  hotkeys: () => dialog('hotkeys'),
  about: () => dialog('about'),
};
