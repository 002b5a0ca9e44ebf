/** Commands on nodes, groups and notes. */
import { getOwn } from '@/engine/types';
import {
  AlignHorizontalDistributeCenter,
  BookOpen,
  Cable,
  ChevronsDownUp,
  EyeOff,
  Frame,
  Grid3x3,
  Plus,
  Redo2,
  StickyNote,
} from 'lucide-react';
import { current } from 'immer';
import { translate } from '../../_i18n/translate';
import { boxOf } from '../../_state/boxes';
import { addGroup, addNote, toggleMode } from '../../_state/edits';
import { fitPadding, flow, placeForNew } from '../../_state/flow';
import { select, view } from '../../_state/view';
import { sweepable } from '../../_state/sweepable';
import { edit, workspace } from '../../_state/workspace';
import { showDocs } from '../panels';
import {
  canChangeNodes,
  chosen,
  chosenItems,
  hasDocument,
  hasNodes,
  inGroup,
  openDialog,
  writable,
} from './command';

export const nodeCommands = inGroup('node', [
  {
    id: 'add',
    icon: Plus,
    keys: ['Tab', 'Shift+a'],
    enabled: writable,
    perform: () => view.setState({ palette: placeForNew() }),
  },
  {
    id: 'connect',
    icon: Cable,
    keys: ['w'],
    enabled: () => writable() && hasDocument(),
    perform: openDialog('connect'),
  },
  {
    id: 'sweep',
    icon: Grid3x3,
    enabled: (target) =>
      writable() &&
      chosen(target).length === 1 &&
      chosen(target).some((id) => sweepable(getOwn(workspace.getState().document.nodes, id)).length > 0),
    perform: (target) => {
      const [node] = chosen(target);
      if (node !== undefined) view.setState({ sweep: { node } });
    },
  },
  {
    id: 'bypass',
    icon: Redo2,
    keys: ['$mod+b'],
    enabled: canChangeNodes,
    perform: (target) => edit('bypass', (draft) => toggleMode(draft, chosen(target), 'bypass')),
  },
  {
    id: 'mute',
    icon: EyeOff,
    keys: ['$mod+m', 'm'],
    enabled: canChangeNodes,
    perform: (target) => edit('mute', (draft) => toggleMode(draft, chosen(target), 'mute')),
  },
  {
    id: 'collapse',
    icon: ChevronsDownUp,
    keys: ['Alt+c'],
    enabled: canChangeNodes,
    perform: (target) => {
      const ids = chosen(target);
      edit('collapse', (draft) => {
        const nodes = ids.flatMap((id) => getOwn(draft.nodes, id) ?? []);
        const on = !nodes.every((node) => node.collapsed === true);
        for (const node of nodes)
          if (on) node.collapsed = true;
          else delete node.collapsed;
      });
    },
  },
  {
    id: 'group',
    icon: Frame,
    keys: ['$mod+g'],
    enabled: canChangeNodes,
    perform: (target) => {
      const boxes = chosenItems(target).flatMap((id) => boxOf(id) ?? []);
      edit('group', (draft) => {
        const id = addGroup(draft, translate('group.untitled'), boxes);
        if (id !== undefined) queueMicrotask(() => select([`group:${id}`]));
      });
    },
  },
  {
    id: 'note',
    icon: StickyNote,
    keys: ['n'],
    enabled: writable,
    perform: () => {
      const { flow: at } = placeForNew();
      edit('note', (draft) => {
        const id = addNote(draft, '', at);
        queueMicrotask(() => select([`note:${id}`]));
      });
    },
  },
  {
    id: 'layout',
    icon: AlignHorizontalDistributeCenter,
    keys: ['Shift+l'],
    enabled: () => writable() && hasDocument(),
    perform: async (target) => {
      const ids = chosen(target);
      const { layoutGraph } = await import('../layout');
      const positions = await layoutGraph(ids.length > 1 ? ids : undefined);
      edit('layout', (draft) => {
        for (const [id, at] of positions) {
          const node = getOwn(draft.nodes, id);
          if (node !== undefined) node.position = { ...current(node.position), ...at };
        }
      });
      if (ids.length <= 1)
        setTimeout(() => void flow()?.fitView({ duration: 250, padding: fitPadding(), maxZoom: 1 }), 60);
    },
  },
  {
    id: 'docs',
    icon: BookOpen,
    keys: ['F1'],
    enabled: hasNodes,
    perform: (target) => {
      const [first] = chosen(target);
      if (first !== undefined) showDocs(first);
    },
  },
]);
