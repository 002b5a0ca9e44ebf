'use client';
import { useTranslations } from 'use-intl';
import { type CommandId, perform } from '../../_actions/commands';
import { useView, view } from '../../_state/view';
import { edit } from '../../_state/workspace';
import { MenuAt } from '../../_ui/MenuOverlay';
import { Cable, Plus, Trash2 } from 'lucide-react';
import { useEntry } from '../lib/entry';

const onNode: readonly (CommandId | 'separator')[] = [
  'run-here',
  'docs',
  'connect',
  'sweep',
  'separator',
  'cut',
  'copy',
  'duplicate',
  'duplicate-wired',
  'separator',
  'bypass',
  'mute',
  'collapse',
  'group',
  'layout',
  'separator',
  'delete',
  'delete-reconnect',
];
const onPane: readonly (CommandId | 'separator')[] = [
  'add',
  'note',
  'separator',
  'paste',
  'paste-wired',
  'select-all',
  'separator',
  'layout',
  'fit',
  'separator',
  'templates',
];

export function ContextMenu() {
  const menu = useView((state) => state.menu);
  const entry = useEntry();
  const t = useTranslations('edge');
  if (menu === null) return null;
  const { on } = menu;
  const list = (ids: readonly (CommandId | 'separator')[]) =>
    ids.map((id) => (id === 'separator' ? 'separator' : entry(id)));
  const edge = on?.startsWith('edge:') === true ? on.slice(5) : undefined;
  const entries =
    edge === undefined
      ? list(on === null ? onPane : onNode)
      : [
          {
            key: 'insert',
            label: t('insert'),
            icon: Plus,
            perform: () => view.setState({ palette: { screen: menu.at, flow: menu.flow, edge } }),
          },
          {
            key: 'inspect',
            label: t('inspect'),
            icon: Cable,
            perform: () => perform('inspect'),
          },
          {
            key: 'delete',
            label: t('delete'),
            icon: Trash2,
            danger: true,
            perform: () =>
              edit('disconnect', (draft) => {
                delete draft.edges[edge];
              }),
          },
        ];
  return <MenuAt at={menu.at} onClose={() => view.setState({ menu: null })} entries={entries} />;
}
