/** Undo, clipboard, deletion, selection. */
import {
  ClipboardPaste,
  Copy,
  CopyPlus,
  MousePointer2,
  Redo,
  Scissors,
  Search,
  Trash2,
  Undo,
  Unlink,
} from 'lucide-react';
import { removeItems } from '../../_state/edits';
import { select, view } from '../../_state/view';
import { activeTab, edit, workspace } from '../../_state/workspace';
import { copySelection, duplicateSelection } from '../clipboard';
import {
  canChangeNodes,
  chosenItems,
  hasDocument,
  hasNodes,
  inGroup,
  openDialog,
  writable,
  type Target,
} from './command';

/** The readers of what is pasted come with the first paste. */
const incoming = () => import('../take-incoming');

const canDelete = (target: Target): boolean => {
  const { selection, edges } = view.getState();
  return writable() && (selection.size > 0 || edges.size > 0 || hasNodes(target));
};

/** Removes what is chosen, edges too unless the target names nodes. */
const remove = (step: 'delete' | 'delete-reconnect') => (target: Target) => {
  const edges = target.nodes === undefined ? [...view.getState().edges] : [];
  edit(step, (draft) => removeItems(draft, chosenItems(target), edges, step === 'delete-reconnect'));
  select([]);
};

export const editCommands = inGroup('edit', [
  {
    id: 'undo',
    icon: Undo,
    keys: ['$mod+z'],
    enabled: () => workspace.getState().undoLabel !== undefined,
    perform: () => activeTab().history.undo(),
  },
  {
    id: 'redo',
    icon: Redo,
    keys: ['$mod+Shift+z', '$mod+y'],
    enabled: () => workspace.getState().redoLabel !== undefined,
    perform: () => activeTab().history.redo(),
  },
  {
    id: 'cut',
    icon: Scissors,
    browserKey: '$mod+x',
    enabled: canChangeNodes,
    perform: async (target) => {
      await copySelection(chosenItems(target));
      edit('cut', (draft) => removeItems(draft, chosenItems(target), [], false));
      select([]);
    },
  },
  {
    id: 'copy',
    icon: Copy,
    browserKey: '$mod+c',
    enabled: hasNodes,
    perform: (target) => copySelection(chosenItems(target)),
  },
  {
    id: 'paste',
    icon: ClipboardPaste,
    browserKey: '$mod+v',
    enabled: writable,
    perform: async () => (await incoming()).pasteFromClipboard(false),
  },
  {
    id: 'paste-wired',
    icon: ClipboardPaste,
    keys: ['$mod+Shift+v'],
    enabled: writable,
    perform: async () => (await incoming()).pasteFromClipboard(true),
  },
  {
    id: 'duplicate',
    icon: CopyPlus,
    keys: ['$mod+d'],
    enabled: canChangeNodes,
    perform: (target) => duplicateSelection(chosenItems(target), false),
  },
  {
    id: 'duplicate-wired',
    icon: CopyPlus,
    keys: ['$mod+Shift+d'],
    enabled: canChangeNodes,
    perform: (target) => duplicateSelection(chosenItems(target), true),
  },
  {
    id: 'delete',
    icon: Trash2,
    keys: ['Delete', 'Backspace'],
    danger: true,
    enabled: canDelete,
    perform: remove('delete'),
  },
  {
    id: 'delete-reconnect',
    icon: Unlink,
    keys: ['Shift+Delete', 'Shift+Backspace'],
    enabled: canDelete,
    perform: remove('delete-reconnect'),
  },
  {
    id: 'select-all',
    icon: MousePointer2,
    keys: ['$mod+a'],
    enabled: hasDocument,
    perform: () => {
      const { document } = workspace.getState();
      select([
        ...Object.keys(document.nodes),
        ...Object.keys(document.groups).map((id) => `group:${id}`),
        ...Object.keys(document.notes).map((id) => `note:${id}`),
      ]);
    },
  },
  { id: 'find', icon: Search, keys: ['$mod+f'], enabled: hasDocument, perform: openDialog('find') },
]);
